public import Tensors

/// What is done to the inputs of each minibatch in training, with other random numbers for each example and in each
/// step. Targets, scores and predictions are of the inputs as they are.
///
/// Images are translated first, and then noise is added to all numbers. Training on noise of a small scale s is
/// training with a penalty on the network's derivatives with respect to its inputs; for a linear model it is ridge
/// regression with the penalty s^2 |w|^2 an example, exactly (Bishop 1995, "Training with noise is equivalent to
/// Tikhonov regularization").
public struct InputAugmentation: Hashable, Sendable {
  /// The inputs as they are.
  public static let none = Self()

  /// Standard deviation of Gaussian noise that is added to each number, in the units of the inputs.
  public var noise: Double
  /// Each image moves by (shift e1, shift e2) pixels, down and to the right, with e1 and e2 from a standard normal:
  /// bilinear interpolation, with zeros outside. 0 where the inputs are no images.
  public var shift: Double
  /// What the inputs are, where they are images.
  public var image: ImageGeometry?

  public init(noise: Double = 0, shift: Double = 0, image: ImageGeometry? = nil) {
    self.noise = noise
    self.shift = shift
    self.image = image
  }

  /// Whether the inputs stay as they are.
  public var isEmpty: Bool { noise == 0 && shift == 0 }

  func check(inputs: Int) throws(TrainingError) {
    for (name, value) in [("the input noise", noise), ("the shift", shift)] {
      guard value.isFinite, value >= 0 else {
        throw .badSetting(name: name, found: "\(value)", expected: "a finite number, 0 or more")
      }
    }
    guard shift == 0 || image?.count == inputs else {
      throw .badSetting(
        name: "the image that is shifted", found: image.map { "\($0.count) numbers" } ?? "not known",
        expected: "\(inputs) numbers, as the inputs have")
    }
  }
}
