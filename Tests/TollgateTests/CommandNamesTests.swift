import ArgumentParser
import Testing

@testable import tollgate

struct CommandNamesTests {
    /// Without a name, the parser makes one from the type, with a search through every conformance of the program: for all
    /// commands together that was a third of the time from exec to ready.
    @Test func `every command states its name`() {
        var commands: [any ParsableCommand.Type] = [Tollgate.self]
        var nameless: [String] = []
        while let command = commands.popLast() {
            if command.configuration.commandName == nil { nameless.append("\(command)") }
            commands += command.configuration.subcommands
        }
        #expect(nameless == [])
    }
}
