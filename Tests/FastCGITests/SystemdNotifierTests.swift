import CFCGI
import Foundation
import Logging
import Testing

@testable import FastCGI

/// Each test is a process of its own: NOTIFY_SOCKET is in the environment, which a process has one of.
struct SystemdNotifierTests {
    @Test func `states are sent as systemd reads them`() async {
        await #expect(processExitsWith: .success) {
            let service = try FakeServiceManager()
            defer { service.remove() }
            let notifier = SystemdNotifier()
            notifier.ready(status: "12 shops\nREADY=0")
            notifier.stopping()
            notifier.watchdog()
            #expect(service.message()?.text == "READY=1\nSTATUS=12 shops READY=0")
            #expect(service.message()?.text == "STOPPING=1")
            #expect(service.message()?.text == "WATCHDOG=1")
        }
    }

    @Test func `without NOTIFY_SOCKET nothing is sent and nothing fails`() async {
        await #expect(processExitsWith: .success) {
            unsafe unsetenv("NOTIFY_SOCKET")
            let notifier = SystemdNotifier()
            #expect(!notifier.isActive)
            notifier.ready(status: "up")
            notifier.stopping()
            notifier.store([Connection(descriptor: 0, role: .public)])
        }
    }

    @Test func `open connections go through the descriptor store to the next server, requests on the way included`()
        async
    {
        await #expect(processExitsWith: .success) {
            let service = try FakeServiceManager()
            defer { service.remove() }
            let first = try makeServer()
            let idle = try first.connect()
            #expect(idle.ask("/one")?.status == 200)
            let peers = try (0..<300).map { _ in try first.connect() }
            for peer in peers { #expect(peer.ask()?.status == 200) }
            let manager = try ServerThread(name: "manager") { service.collect() }
            first.server.stop(handingOverTo: SystemdNotifier())
            manager.join()
            // It arrives while no server is there.
            idle.send(FastCGIClient.request("/two"))
            let stored = service.stored
            #expect(stored.count == 301)
            #expect(service.names == ["conn"])

            let inherited = try InheritedDescriptors(named: stored.map { ($0, "conn") })
            let directory = try makeDirectory()
            let second = Server(
                configuration: makeConfiguration(), listeners: [], handler: ClosureHandler.echo, accessLog: nil,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            try second.start(adopting: inherited.connections)
            #expect(idle.answer()?.body == "POST two  ")
            for peer in peers { #expect(peer.ask("/three")?.body == "POST three  ") }
            second.stop()
            try FileManager.default.removeItem(atPath: directory)
        }
    }

    @Test func `descriptors passed in are taken once, and not passed on`() async {
        await #expect(processExitsWith: .success) {
            let directory = try makeDirectory()
            defer { try? FileManager.default.removeItem(atPath: directory) }
            let socket = try ListeningSocket(
                Listener(role: .public, source: .unix(UnixSocket(path: directory + "/s"))))
            // The test's process may have used them to report expectations: what fails from here on throws.
            for number: Int32 in [3, 4] { _ = dup2(socket.descriptor, number) }
            unsafe setenv("LISTEN_PID", "\(getpid())", 1)
            unsafe setenv("LISTEN_FDS", "2", 1)
            unsafe setenv("LISTEN_FDNAMES", "tollgate:conn-admin", 1)
            let service = try FakeServiceManager()
            defer { service.remove() }
            let inherited = try InheritedDescriptors.take(SystemdNotifier())
            try #require(inherited.listeners.map(\.source) == [.inherited(descriptor: 3)])
            try #require(inherited.connections.map(\.descriptor) == [4])
            try #require(service.message()?.text == "FDSTOREREMOVE=1\nFDNAME=conn")
            try #require(service.message()?.text == "FDSTOREREMOVE=1\nFDNAME=conn-admin")
            try #require(fcntl(3, F_GETFD) & FD_CLOEXEC != 0 && fcntl(4, F_GETFD) & FD_CLOEXEC != 0)
            try #require(unsafe getenv("LISTEN_FDS") == nil && getenv("LISTEN_PID") == nil)
            try #require(try InheritedDescriptors.take(SystemdNotifier()).listeners.isEmpty)
        }
    }
}
