/// What a model was trained on, as far as a prediction has to know it: the columns by their names, and the way between
/// their units and the network's.
public struct DataDescription: Hashable, Sendable, Codable {
  /// The inputs' names, in their order. A column of categories is one input for each: "colour=red".
  public var features: [String]
  /// The network sees (x - mean) / scale.
  public var inputMeans: [Double]
  public var inputScales: [Double]
  public var target: String
  /// The target of a regression is output x scale + mean.
  public var targetMean: Double
  public var targetScale: Double
  /// The names of a classification's classes.
  public var classes: [String]?
  /// Where the network sees the powers x, x^2, ..., x^degree of each (standardised) input: input after input, and with
  /// degree 0 a single 0. nil: the inputs themselves.
  public var degree: Int?
  /// What the inputs are where they are the pixels of images.
  public var image: InputShape?

  public init(
    features: [String], inputMeans: [Double]? = nil, inputScales: [Double]? = nil, target: String,
    targetMean: Double = 0, targetScale: Double = 1, classes: [String]? = nil, degree: Int? = nil,
    image: InputShape? = nil
  ) {
    self.features = features
    self.inputMeans = inputMeans ?? features.map { _ in 0 }
    self.inputScales = inputScales ?? features.map { _ in 1 }
    self.target = target
    self.targetMean = targetMean
    self.targetScale = targetScale
    self.classes = classes
    self.degree = degree
    self.image = image
  }

  /// What does not fit the model or cannot be; nil when all is well.
  func obstacle(_ model: BayesianModel) -> String? {
    let inputs = features.count
    guard inputMeans.count == inputs, inputScales.count == inputs else {
      return "\(inputMeans.count) means and \(inputScales.count) scales for \(inputs) features"
    }
    let (powers, isTooMany) = inputs.multipliedReportingOverflow(by: degree ?? 1)
    guard !isTooMany, powers >= 0, max(powers, degree == nil ? 0 : 1) == model.network.inputs else {
      let degrees = degree.map { " of degree \($0)" } ?? ""
      return "\(inputs) features\(degrees) for \(model.network.inputs) inputs"
    }
    guard Set(features).count == inputs else { return "two features have the same name" }
    guard (inputMeans + [targetMean]).allSatisfy(\.isFinite) else { return "a mean is not finite" }
    guard (inputScales + [targetScale]).allSatisfy({ $0.isFinite && $0 > 0 }) else {
      return "a scale is not a positive number"
    }
    if let image, image.count != inputs { return "images of \(image.count) numbers for \(inputs) inputs" }
    switch (model.likelihood, classes) {
    case (.categorical, let classes?) where classes.count != model.network.outputs:
      return "\(classes.count) classes for \(model.network.outputs) outputs"
    case (.categorical, nil): return "a classification needs the names of the classes"
    case (.gaussian, .some): return "a regression has no classes"
    default: return nil
    }
  }
}
