import Testing

@testable import FastCGI

struct InheritedDescriptorsTests {
    @Test func `sockets and stored connections are told apart by name`() throws {
        let inherited = try InheritedDescriptors(named: [
            (3, "tollgate"), (4, "tollgate-admin"), (5, "conn"), (6, "conn"), (7, "conn-admin"),
        ])
        #expect(inherited.listeners.map(\.role) == [.public, .admin])
        #expect(inherited.listeners.map(\.source) == [.inherited(descriptor: 3), .inherited(descriptor: 4)])
        #expect(inherited.connections.map(\.descriptor) == [5, 6, 7])
        #expect(inherited.connections.map(\.role) == [.public, .public, .admin])
    }

    @Test(arguments: ["unknown", "", "Tollgate", "fcgi"])
    func `an unknown name is an error that says which`(name: String) {
        #expect { try InheritedDescriptors(named: [(3, name)]) } throws: { error in
            "\(error)".contains("named \(name)") && "\(error)".contains("tollgate or tollgate-admin")
        }
    }
}
