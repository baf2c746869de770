extension DataConfiguration: Configurable {
  package static let schema = ObjectSchema<Self>([
    .optional("builtin", \.builtin, .choice, "A set that is generated, not read."),
    .optional(
      "points", \.points, .atLeast(2, most: 1_000_000), "Number of points of a built-in set.",
      default: "the set's own"),
    .optional(
      "csv", \.csv, .text("the path of a CSV file"),
      "CSV file with a header. Relative paths start from the folder of the sweep file, or where --data says."),
    .optional("target", \.target, .text("the name of a column"), "CSV: the name of the target column."),
    .optionalSection("idx", \.idx, "IDX files, gzipped or not, as MNIST has them."),
    .optionalSection("npy", \.npy, "Arrays that NumPy saved."),
    .optionalSection("cifar", \.cifar, "CIFAR-10 in its binary form."),
    .optional(
      "limit", \.limit, .atLeast(2),
      "Use only the first so many rows. Test files of idx and cifar are cut likewise; the test points of noisy-sine "
        + "are not.",
      default: "all"),
    .section("split", \.split, "How the rows are split into training and validation data."),
    .section("standardize", \.standardize, "Columns to mean 0 and standard deviation 1, fitted on the training part."),
  ])

  /// The sources that are given, by their keys. There is to be one.
  var sources: [String] {
    [
      builtin.map { _ in "builtin" }, csv.map { _ in "csv" }, idx.map { _ in "idx" }, npy.map { _ in "npy" },
      cifar.map { _ in "cifar" },
    ].compactMap { $0 }
  }

  /// Whether files of their own hold the validation set.
  var hasTestFiles: Bool { idx?.testImages != nil || idx?.testLabels != nil || cifar?.testBatches != nil }

  /// Whether the source can hold images. Arrays of NumPy are looked at when they are read.
  var hasImages: Bool { idx != nil || npy != nil || cifar != nil }
}

extension DataConfiguration.CIFAR: Configurable {
  package static let schema = ObjectSchema<Self>([
    .value(
      "batches", \.batches, .array(of: .text("the path of a file"), "an array of paths", minimumCount: 1),
      "Binary files of CIFAR-10, such as [\"data_batch_1.bin\"], read one after the other.", isRequired: true),
    .optional(
      "testBatches", \.testBatches, .array(of: .text("the path of a file"), "an array of paths", minimumCount: 1),
      "The validation set of a given split, such as [\"test_batch.bin\"]."),
  ])
}

extension DataConfiguration.IDX: Configurable {
  package static let schema = ObjectSchema<Self>([
    .value("images", \.images, .text("the path of an IDX file"), "IDX file with the images.", isRequired: true),
    .value("labels", \.labels, .text("the path of an IDX file"), "IDX file with the labels.", isRequired: true),
    .optional(
      "testImages", \.testImages, .text("the path of an IDX file"), "The images of the validation set of a given split."
    ),
    .optional(
      "testLabels", \.testLabels, .text("the path of an IDX file"), "The labels of the validation set of a given split."
    ),
  ])
}

extension DataConfiguration.NPY: Configurable {
  package static let schema = ObjectSchema<Self>([
    .value(
      "inputs", \.inputs, .text("the path of an NPY file"), "NPY file with a row for each example.", isRequired: true),
    .value("targets", \.targets, .text("the path of an NPY file"), "NPY file with the targets.", isRequired: true),
  ])
}

extension DataConfiguration.Split: Configurable {
  package static let schema = ObjectSchema<Self>([
    .value(
      "kind", \.kind, .choice,
      "hold-out: a random part is held out, the same for every trial. k-fold: each part is held out once. given: row "
        + "numbers from a file, the test files of idx or cifar, or the 1000 test points on [-0.5, 1.5] of noisy-sine. "
        + "uci: the standard UCI splits, 90 % training, generated. "
        + "none: everything is training data, and validation is on the training data, for evidence alone.",
      default: "given if idx or cifar has test files, else hold-out"),
    .value("fraction", \.fraction, .betweenZeroAndOne, "hold-out: the part held out."),
    .value(
      "folds", \.folds, .atLeast(1),
      "k-fold: the number of folds. uci and given: how many of the splits are used. 1 for the other kinds.",
      default: "5 for k-fold and uci, else 1"),
    .optional(
      "file", \.file, .text("the path of a JSON file"),
      "given: file with row numbers from 0, {\"train\": [[...], ...], \"test\": [[...], ...]}."
    ),
  ])
}

extension DataConfiguration.Standardize: Configurable {
  package static let schema = ObjectSchema<Self>([
    .value(
      "inputs", \.inputs, .boolean, "The columns of the input. Pixels of images are between 0 and 1 already.",
      default: "false for idx and cifar, else true"),
    .value("target", \.target, .boolean, "The target of a regression. Scores are in the original units all the same."),
  ])
}
