import Autodiff
import Probability
import Tensors

extension ExampleVariables {
  /// The inputs as `InputAugmentation` says, with strengths that can be variables: images are moved by t (e1, e2)
  /// pixels, and noise s e is added. Other e for each example, for each number, and in every step.
  ///
  /// - Parameters:
  ///   - augmentation: The strengths where they are fixed, and what the images are.
  ///   - logNoise: log s, a scalar; nil where it is fixed.
  ///   - logShift: log t, a scalar; nil where it is fixed.
  ///   - labels: The path of labels of the loss's noise.
  func augmentedInputs(
    _ augmentation: InputAugmentation, logNoise: Variable<Scalar>? = nil, logShift: Variable<Scalar>? = nil,
    labels: [Int]
  ) -> Variable<Scalar> {
    func strength(_ logarithm: Variable<Scalar>?, _ fixed: Double) -> Variable<Scalar>? {
      logarithm.map { $0.exp() } ?? (fixed > 0 ? .constant(Scalar(fixed)) : nil)
    }
    // Both are set apart from the noise of layers, which are counted from 0.
    func noise(_ label: Int, _ shape: Shape) -> Variable<Scalar> {
      .noise(NoiseSource(.normal, labels: labels + [label]), shape: shape)
    }
    var inputs = inputs
    if let shift = strength(logShift, augmentation.shift), let image = augmentation.image {
      inputs = inputs.translated(image, by: shift, times: noise(1 << 35, [rows, 2]))
    }
    guard let scale = strength(logNoise, augmentation.noise) else { return inputs }
    return inputs + noise(1 << 34, inputs.shape) * scale
  }
}
