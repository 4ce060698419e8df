import Foundation

// fake-stripe [--port N]: a stand-in for Stripe on loopback, for tests and the demo.

let arguments = CommandLine.arguments.dropFirst()
if arguments.contains("--help") {
    print(Manual.text)
    exit(0)
}
var port: UInt16 = 0
if !arguments.isEmpty {
    guard arguments.count == 2, arguments.first == "--port", let number = arguments.last.flatMap({ UInt16($0) }) else {
        print("usage: fake-stripe [--port N]    (fake-stripe --help says everything)")
        exit(2)
    }
    port = number
}
do throws(SocketError) {
    let server = try FakeServer(port: port)
    print("fake-stripe listening on 127.0.0.1:\(server.port)")
    fflush(nil)
    server.serve()
} catch {
    print("fake-stripe: \(error.message)")
    exit(1)
}
