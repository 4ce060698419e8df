import Foundation
import Testing

@testable import FastCGI

struct LogWriterTests {
    private static let notice = "warning: log lines could not be written lost="

    @Test func `a non-blocking descriptor that is full is waited for`() throws {
        let pipe = try LogPipe(isBlocking: false)
        var writer = LogWriter(descriptor: pipe.writing, isJournal: false)
        let line = String(repeating: "x", count: 99)
        let lines = try pipe.drain { writer.write(Array(String(repeating: line + "\n", count: 3000).utf8), lost: 0) }
        #expect(lines.count == 3000)
        #expect(lines.allSatisfy { $0 == line })
    }

    @Test func `what a full disk did not take is told when it takes lines again`() throws {
        let directory = try makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let file = unsafe open(directory + "/log", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        let descriptor = unsafe open("/dev/full", O_WRONLY | O_CLOEXEC)
        defer { for number in [file, descriptor] { close(number) } }
        var writer = LogWriter(descriptor: descriptor, isJournal: false)
        writer.write(Array("one\ntwo\n".utf8), lost: 0)
        writer.write(Array("three\n".utf8), lost: 4)
        #expect(dup2(file, descriptor) == descriptor)
        writer.write(Array("four\n".utf8), lost: 0)
        #expect(try String(contentsOfFile: directory + "/log", encoding: .utf8) == "\(Self.notice)7\nfour\n")
    }

    @Test func `a line that was cut is ended before the next one`() throws {
        let directory = try makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let file = unsafe open(directory + "/log", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        let pipe = try LogPipe()
        defer { for number in [file, pipe.writing] { close(number) } }
        var writer = LogWriter(descriptor: pipe.writing, isJournal: false)
        let leaver = try ServerThread(name: "leaver") {
            var buffer = [UInt8](repeating: 0, count: 8192)
            _ = unsafe read(pipe.reading, &buffer, buffer.count)
            usleep(20_000)
            close(pipe.reading)
        }
        // Longer than a pipe holds: the write ends short when the reader leaves.
        writer.write(Array(String(repeating: "x", count: 200_000).utf8) + Array("\n".utf8), lost: 0)
        leaver.join()
        #expect(dup2(file, pipe.writing) == pipe.writing)
        writer.write(Array("next\n".utf8), lost: 0)
        #expect(try String(contentsOfFile: directory + "/log", encoding: .utf8) == "\n\(Self.notice)1\nnext\n")
    }
}
