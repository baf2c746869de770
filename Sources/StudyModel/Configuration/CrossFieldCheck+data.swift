extension CrossFieldCheck {
  mutating func data() {
    guard let data = configuration.data else {
      if file["data"] == nil {
        issue("data", "is missing; add \"data\": {\"builtin\": \"noisy-sine\"}, or a csv, idx, npy or cifar source")
      }
      return
    }
    guard file["data"]?.object != nil else { return }
    let sources = data.sources
    let given = ["builtin", "csv", "idx", "npy", "cifar"].filter { file["data"]?.object?[$0] != nil }
    if given.isEmpty {
      issue("data", "has no source; give one of \"builtin\", \"csv\", \"idx\", \"npy\" and \"cifar\"")
    }
    if given.count > 1 { issue("data", "has \(given.count) sources, \(Spelling.list(given, "and")); give one of them") }
    if data.points != nil, !sources.contains("builtin") { issue("data.points", "belongs to a built-in set; remove it") }
    if given == ["csv"], self.given("data.target") == nil {
      issue("data.target", "is missing; name the column of the csv file that is to be predicted")
    }
    if data.target != nil, !sources.contains("csv") { issue("data.target", "belongs to a csv file; remove it") }
    if let idx = data.idx, (idx.testImages == nil) != (idx.testLabels == nil) {
      let missing = idx.testImages == nil ? "testImages" : "testLabels"
      issue(.init([.key("data"), .key("idx"), .key(missing)]), "is missing; test images and labels are given together")
    }
    split(data)
  }

  private mutating func split(_ data: DataConfiguration) {
    let split = data.split
    let hasTestFiles = data.hasTestFiles
    let owner = data.cifar == nil ? "test files of idx" : "testBatches of cifar"
    let hasTestPart = hasTestFiles || data.builtin == .noisySine && split.file == nil
    if hasTestFiles, split.kind != .given {
      issue(
        "data.split.kind",
        "is \"\(split.kind.rawValue)\", and the \(owner) belong to \"given\"; change one of them")
    }
    switch split.kind {
    case .given:
      if split.file == nil, !hasTestPart, given("data.split.file") == nil {
        issue(
          "data.split.file",
          "is missing; a given split needs a file with row numbers, the test files of idx or cifar, or the test points "
            + "of noisy-sine")
      }
      if split.file != nil, hasTestFiles {
        issue("data.split.file", "is one given split, and the \(owner) are another; remove one of them")
      }
      if hasTestPart, split.folds != 1 {
        issue("data.split.folds", "test \(hasTestFiles ? "files" : "points") are one split; remove it")
      }
    case .kFold:
      if split.folds < 2 { issue("data.split.folds", "expected at least 2 folds, found \(split.folds)") }
    case .uci:
      if split.folds > 20 { issue("data.split.folds", "there are 20 standard UCI splits, found \(split.folds)") }
    case .holdOut, .none:
      if split.folds != 1 {
        issue(
          "data.split.folds",
          "a split of kind \"\(split.kind.rawValue)\" has one fold; remove it, or use \"kind\": \"k-fold\"")
      }
    }
    if split.file != nil, split.kind != .given {
      issue("data.split.file", "belongs to a split of kind \"given\"; remove it, or change the kind")
    }
  }
}
