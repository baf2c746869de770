extension InferenceConfiguration {
  /// Networks that a run trains: the members of an ensemble, and 1 otherwise.
  package var networks: Int { method == .deepEnsemble ? members : 1 }
}

extension InferenceConfiguration.Method {
  /// Whether a family of distributions is fitted by an evidence lower bound.
  package var isVariational: Bool {
    switch self {
    case .bayesByBackprop, .radial, .hwa, .ivon: true
    default: false
    }
  }

  /// Whether the method is the dynamics of a chain.
  package var isChain: Bool {
    switch self {
    case .sgld, .preconditionedSGLD, .cyclicalSGLD: true
    default: false
    }
  }

  /// Whether the result is one point, not a distribution.
  package var isPoint: Bool {
    switch self {
    case .maximumLikelihood, .maximumAPosteriori, .swa: true
    default: false
    }
  }

  /// Whether each weight has a mean and a standard deviation of its own.
  package var hasScales: Bool { isVariational || self == .swag || self == .laplace }

  /// How the means start where the file does not say.
  package var initialization: InferenceConfiguration.Initialization.Scheme {
    switch self {
    case .bayesByBackprop, .radial, .hwa: .uniform
    default: .fanIn
    }
  }
}
