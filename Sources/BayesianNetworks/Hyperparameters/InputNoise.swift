import Autodiff
import Probability
import Tensors

extension ExampleVariables {
  /// The inputs with Gaussian noise of a scale that is a variable, x + s e: another e for each number, and in every step.
  ///
  /// - Parameters:
  ///   - logScale: log s, a scalar.
  ///   - labels: The path of labels of the loss's noise.
  func noisyInputs(logScale: Variable<Scalar>, labels: [Int]) -> Variable<Scalar> {
    // Set apart from the noise of layers, which are counted from 0.
    let source = NoiseSource(.normal, labels: labels + [1 << 34])
    return inputs + .noise(source, shape: inputs.shape) * logScale.exp()
  }
}
