import Foundation

/// The same work in Optuna: random search over four floats, an objective that is their sum, two processes, its two
/// storages that survive a crash.
struct OptunaPeer {
  struct Rate {
    var storage: String
    var trialsPerSecond: Double
  }

  /// A Python that has optuna.
  let python: String

  private static let script = """
    import multiprocessing, os, sys, time
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    trials, workers, folder = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]

    def storage(kind):
        if kind == "SQLite":
            return f"sqlite:///{folder}/study.db"
        return JournalStorage(JournalFileBackend(f"{folder}/journal.log"))

    def objective(trial):
        return sum(trial.suggest_float(f"x{i}", -1, 1) for i in range(4))

    def work(kind, count):
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        sampler = optuna.samplers.RandomSampler()
        optuna.load_study(study_name="s", storage=storage(kind), sampler=sampler).optimize(objective, n_trials=count)

    if __name__ == "__main__":
        for kind in ("SQLite", "journal file"):
            optuna.create_study(study_name="s", storage=storage(kind))
            start = time.perf_counter()
            crew = [multiprocessing.Process(target=work, args=(kind, trials // workers)) for _ in range(workers)]
            [process.start() for process in crew]
            [process.join() for process in crew]
            print(f"{kind}\\t{trials / (time.perf_counter() - start)}", flush=True)
    """

  func measure(trials: Int, workers: Int, in folder: String) throws -> [Rate] {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let file = "\(folder)/peer.py"
    try Data(Self.script.utf8).write(to: URL(fileURLWithPath: file))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [python, file, "\(trials)", "\(workers)", folder]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return output.split(separator: "\n").compactMap { line in
      let parts = line.split(separator: "\t")
      return parts.count == 2 ? Double(parts[1]).map { Rate(storage: String(parts[0]), trialsPerSecond: $0) } : nil
    }
  }
}
