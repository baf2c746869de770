/// A place in a sweep file: `training.learningRate`, `model.hidden[1]`, `space["inference.prior.scale"].range`.
package struct ConfigurationPath: Hashable, Sendable, CustomStringConvertible {
  package enum Component: Hashable, Sendable {
    case key(String)
    case index(Int)
  }

  package var components: [Component]

  package init(_ components: [Component] = []) {
    self.components = components
  }

  package func appending(_ key: String) -> Self { Self(components + [.key(key)]) }

  package func appending(_ index: Int) -> Self { Self(components + [.index(index)]) }

  package func appending(_ more: [Component]) -> Self { Self(components + more) }

  /// Empty for the whole document. Keys with a dot or a space stand in brackets.
  package var description: String {
    var text = ""
    for component in components {
      switch component {
      case .index(let index): text += "[\(index)]"
      case .key(let key) where key.contains(where: { $0 == "." || $0 == " " }) || key.isEmpty: text += "[\"\(key)\"]"
      case .key(let key): text += (text.isEmpty ? "" : ".") + key
      }
    }
    return text
  }
}

extension ConfigurationPath: ExpressibleByStringLiteral {
  /// Key by key, separated by dots; "" is the whole document.
  package init(stringLiteral value: String) {
    self.init(value.split(separator: ".").map { .key(String($0)) })
  }
}
