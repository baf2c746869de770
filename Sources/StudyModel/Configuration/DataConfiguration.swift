/// Where the data of a sweep comes from and how it is split. Exactly one of `builtin`, `csv`, `idx`, `npy` and
/// `cifar` is given.
package struct DataConfiguration: Hashable, Sendable {
  /// Sets that are generated, not read.
  package enum Builtin: String, Hashable, Sendable, CaseIterable {
    /// Eq. 22 of "Weight uncertainty in neural networks": 1024 points on [0, 0.5].
    case noisySine = "noisy-sine"
    /// The evidence example of the multimodelling lecture: x on an even grid over [-1, 1], y = 0.5 x + 0.1 sin(37 (i +
    /// 1)).
    case polynomial
    /// The synthetic set of the lecture's comparison: y = x + N(0, 1) with the features x^0 ... x^9, sin x and cos x.
    case polynomialFeatures = "polynomial-features"
  }

  /// IDX files, gzipped or not, as MNIST has them.
  package struct IDX: Hashable, Sendable {
    package var images = ""
    package var labels = ""
    /// Given together: the validation set of a `given` split.
    package var testImages: String?
    package var testLabels: String?
    package init() {}
  }

  package struct NPY: Hashable, Sendable {
    package var inputs = ""
    package var targets = ""
    package init() {}
  }

  /// CIFAR-10 in its binary form: records of a label and 3 x 32 x 32 bytes, the colours one after the other.
  package struct CIFAR: Hashable, Sendable {
    /// Read one after the other.
    package var batches: [String] = []
    /// The validation set of a `given` split.
    package var testBatches: [String]?
    package init() {}
  }

  package struct Split: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
      /// A random part is held out for validation, the same for every trial.
      case holdOut = "hold-out"
      case kFold = "k-fold"
      /// Row numbers from a file {"train": [[...]], "test": [[...]]}, the test files of `idx` or `cifar`, or the
      /// test points of `noisy-sine`.
      case given
      /// The standard UCI splits (90 % training), generated.
      case uci
      /// Everything is training data, and validation is on the training data: for evidence alone.
      case none
    }

    package var kind = Kind.holdOut
    /// `hold-out`: the part held out.
    package var fraction = 0.2
    /// `k-fold`, and how many of the splits `uci` and `given` have are used.
    package var folds = 5
    /// `given`: the file with the row numbers.
    package var file: String?
    package init() {}
  }

  package struct Standardize: Hashable, Sendable {
    /// Columns of the input to mean 0 and standard deviation 1, fitted on the training part. Not for `idx` and
    /// `cifar` unless the file says so: pixels are between 0 and 1 already.
    package var inputs = true
    /// The target of a regression likewise. Scores are given in the original units all the same.
    package var target = true
    package init() {}
  }

  package var builtin: Builtin?
  /// Number of points of a built-in set; nil is the set's own.
  package var points: Int?
  package var csv: String?
  /// CSV: the name of the target column.
  package var target: String?
  package var idx: IDX?
  package var npy: NPY?
  package var cifar: CIFAR?
  /// Use only the first so many rows; the test points of a built-in set are left as they are.
  package var limit: Int?
  package var split = Split()
  package var standardize = Standardize()
  package init() {}
}
