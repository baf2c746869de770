public import Tensors

/// A layer with weights, and its place in the flat buffer of parameters: the weights, inputs x outputs row-major, and then
/// the biases. A convolution's weights are (kernel height x kernel width x channels) x outputs.
public struct AffineLayer: Hashable, Sendable {
  /// Its number among the layers with weights, from 0.
  public let index: Int
  /// Fan-in: inputs of one unit.
  public let inputs: Int
  public let outputs: Int
  /// Where the weights begin.
  public let start: Int
  /// nil for a dense layer.
  public let convolution: ConvolutionGeometry?
  /// What its outputs go through next; nil for the last layer.
  public internal(set) var activation: Activation?
  /// The rate of the dropout through which its inputs come; 0 without.
  public let inputDropout: Double
  /// How many numbers of its input stand or fall together with one unit of the dropout.
  public let inputsPerUnit: Int

  /// Where the biases begin.
  public var biases: Int { start + inputs * outputs }
  /// One past the last bias.
  public var end: Int { biases + outputs }
  public var parameterCount: Int { (inputs + 1) * outputs }
  public var range: Range<Int> { start..<end }
  /// Rows of outputs that an example has: 1, or the places of the kernel.
  public var rowsPerExample: Int { convolution?.patches ?? 1 }
  /// Numbers of an example's input.
  public var inputSize: Int { convolution?.inputSize ?? inputs }
  /// As it is called in messages and files: `layers.0`.
  public var name: String { "layers.\(index)" }
}
