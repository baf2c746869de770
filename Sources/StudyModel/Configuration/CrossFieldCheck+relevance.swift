extension CrossFieldCheck {
  /// Parts of the file and dimensions of the space that have no meaning with what else was chosen.
  mutating func relevance(faulty: Set<String>) {
    let space = configuration.space.dimensions.map(\.name)
    var reported: [String] = []
    for part in Relevance.all {
      let sections = [part.path, part.selector].map { String($0.prefix { $0 != "." }) }
      guard faulty.isDisjoint(with: sections), !reported.contains(where: { part.path.hasPrefix($0 + ".") }),
        !part.holds(in: configuration)
      else { continue }
      let message = part.message(in: configuration)
      let place = ConfigurationPath(part.path.split(separator: ".").map { .key(String($0)) })
      if given(place) != nil { issue(place, message) }
      for name in space where name == part.path || name.hasPrefix(part.path + ".") {
        issue(ConfigurationPath([.key("space"), .key(name)]), message)
      }
      reported.append(part.path)
    }
  }
}
