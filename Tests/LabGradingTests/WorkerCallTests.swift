import Foundation
import HostSupport
import LabModel
import TestSupport
import Testing

@testable import LabRunning

/// How long a worker may take: as long as it works, whatever the wall clock says.
struct WorkerCallTests {
  /// Asks a worker that is this shell script.
  private static func ask(
    _ script: String, patience: Double, processorSeconds: Int
  ) throws -> WorkerCall.Answer {
    try withTemporaryFolder { folder in
      let worker = folder.appending(path: "worker")
      try Data("#!/bin/sh\n\(script)\n".utf8).write(to: worker)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: worker.path)
      var call = WorkerCall(worker: worker, folder: folder, solution: [])
      call.patience = patience
      return try call.ask(["question"], processorSeconds: processorSeconds)
    }
  }

  @Test func `a worker that sleeps is no verdict`() throws {
    guard case .asleep(nil) = try Self.ask("exec sleep 600", patience: 1.5, processorSeconds: 60) else {
      Issue.record("it was not noticed")
      return
    }
    guard
      case .asleep(let draft?) = try Self.ask(
        "echo half > $2; exec sleep 600", patience: 1.5, processorSeconds: 60)
    else {
      Issue.record("what it had written is lost")
      return
    }
    #expect(draft == Array("half\n".utf8))
  }

  @Test func `a worker that works for ever is ended by its processor time`() throws {
    let answer = try Self.ask("while :; do :; done", patience: 1, processorSeconds: 2)
    guard case .late = answer else {
      Issue.record("\(answer)")
      return
    }
  }

  @Test func `a worker that takes longer than anybody's patience, but works, answers`() throws {
    let work = "n=0; while [ $n -lt 300000 ]; do n=$((n + 1)); done; echo done > $2"
    guard case .answered(let bytes) = try Self.ask(work, patience: 0.1, processorSeconds: 600) else {
      Issue.record("it was ended")
      return
    }
    #expect(bytes == Array("done\n".utf8))
  }

  /// Without care, the end of a worker is not heard of before the end of what it started.
  @Test func `a worker that leaves a process behind has ended`() throws {
    let answer = try Self.ask("sleep 100 & exit 3", patience: 600, processorSeconds: 600)
    guard case .crashed = answer else {
      Issue.record("\(answer)")
      return
    }
  }
}
