/// Reads the space of a sweep file. Names are key paths of the file for a network, and free for all other objectives.
struct SpaceReader {
  let hasFreeNames: Bool
  private(set) var issues: [ConfigurationError.Issue] = []
  private var dimensions: [Dimension] = []
  private static let root = ConfigurationPath([.key("space")])
  private static let sections = ["model", "inference", "training"]

  init(hasFreeNames: Bool) {
    self.hasFreeNames = hasFreeNames
  }

  mutating func read(_ object: JSONObject) -> SearchSpace {
    for member in object.members {
      let path = Self.root.appending(member.key)
      let known = issues.count
      var field = hasFreeNames ? nil : field(named: member.key, path)
      var file = DimensionConfiguration()
      DimensionConfiguration.schema.read(member.value, into: &file, path, &issues)
      if file.count != nil, issues.count == known { field = element(of: field, member.key, path) }
      guard issues.count == known, let domain = domain(of: file, field, path) else { continue }
      var dimension = Dimension(member.key, domain)
      if let when = file.when { dimension.condition = condition(when.members[0], path.appending("when"), in: object) }
      append(file.count.map { count in (0..<count).map { "\(member.key).\($0)" } } ?? [member.key], dimension, path)
    }
    return SearchSpace(dimensions)
  }

  /// Free names have no arrays: they may begin with each other.
  private mutating func append(_ names: [String], _ dimension: Dimension, _ path: ConfigurationPath) {
    for name in names {
      // Only an array's elements can be there already.
      if dimensions.contains(where: { $0.name == name }) { return issue(path, "\"\(name)\" is there twice") }
      let other = dimensions.first { $0.name.hasPrefix(name + ".") || name.hasPrefix($0.name + ".") }
      if !hasFreeNames, let other {
        return issue(path, "\"\(other.name)\" is a dimension already, and one of the two is a part of the other")
      }
      var named = dimension
      named.name = name
      dimensions.append(named)
    }
  }

  /// What each element of an array of numbers is.
  private mutating func element(of field: SearchField?, _ name: String, _ path: ConfigurationPath) -> SearchField? {
    if let element = field?.element(0) { return element }
    let arrays = Self.searchablePaths.compactMap { path, field -> String? in
      if case .value(let value) = field.content, value.element != nil { path } else { nil }
    }
    issue(
      path.appending("count"),
      "belongs to a field that is an array of numbers, \(Spelling.list(arrays)); remove it"
        + (hasFreeNames ? ", and name each dimension" : ""))
    return nil
  }

  // MARK: Names

  typealias SearchField = SearchableValue<SweepConfiguration>

  static var searchablePaths: [(path: String, field: Field<SweepConfiguration>)] {
    SweepConfiguration.schema.paths.filter { path, _ in sections.contains { path.hasPrefix($0 + ".") } }
  }

  private mutating func field(named name: String, _ path: ConfigurationPath) -> SearchField? {
    let isInside = Self.sections.contains(String(name.prefix { $0 != "." }))
    switch SweepConfiguration.schema.lookup(name) {
    case .value(let value) where isInside: return value
    case .value:
      issue(path, "cannot be searched; only the fields of model, inference and training can")
    case .section(let keys):
      let remedy = isInside ? "; name one of its fields: \(Spelling.list(keys))" : ""
      issue(path, "is a section, not a field\(remedy)")
    case .nothing:
      let known = Self.searchablePaths.map(\.path)
      let sameKey = known.filter { $0.hasSuffix("." + name) }
      let hint =
        sameKey.isEmpty ? Spelling.hint(for: name, in: known) : "; did you mean \(Spelling.list(sameKey))?"
      issue(path, "no field of model, inference or training has this path\(hint)")
    }
    return nil
  }

  // MARK: Domains

  private mutating func domain(
    of file: DimensionConfiguration, _ field: SearchField?, _ path: ConfigurationPath
  ) -> Domain? {
    switch (file.values, file.range) {
    case (let values?, nil): return listed(values, file, field, path)
    case (nil, let bounds?): return range(bounds, file, field, path)
    case (nil, nil): issue(path, "is empty; give \"values\" or \"range\"")
    case (.some, .some): issue(path, "has both \"values\" and \"range\"; give one of them")
    }
    return nil
  }

  private mutating func listed(
    _ values: [JSONValue], _ file: DimensionConfiguration, _ field: SearchField?, _ path: ConfigurationPath
  ) -> Domain? {
    let rangeKeys = [("scale", file.scale != nil), ("type", file.type != nil), ("steps", file.steps != nil)]
    for (key, isGiven) in rangeKeys where isGiven {
      issue(path.appending(key), "belongs to a \"range\", not to \"values\"")
    }
    var kept: [JSONValue] = []
    for (index, value) in values.enumerated() {
      let place = path.appending("values").appending(index)
      guard let value = checked(value, field, place) else { continue }
      if kept.contains(where: { $0.canonical == value.canonical }) {
        issue(place, "the value \(value.excerpt) is listed twice")
      } else {
        kept.append(value)
      }
    }
    return .values(kept)
  }

  private mutating func range(
    _ bounds: [JSONValue], _ file: DimensionConfiguration, _ field: SearchField?, _ path: ConfigurationPath
  ) -> Domain? {
    let place = path.appending("range")
    if let field, field.kind == .other {
      issue(place, "the field takes \(field.expectation), not a range; list what is to be tried as \"values\"")
      return nil
    }
    let isInteger = field.map { $0.kind == .integer } ?? (file.type == .integer)
    if let type = file.type, let field, (type == .integer) != (field.kind == .integer) {
      let takes = field.kind == .integer ? "integer" : "float"
      issue(path.appending("type"), "the field is of type \"\(takes)\"; remove \"type\"")
      return nil
    }
    let (low, high) = (bounds[0].double!, bounds[1].double!)
    if isInteger, bounds.contains(where: { $0.int == nil }) {
      issue(place, "expected whole numbers, found \(JSONValue.array(bounds).excerpt)")
      return nil
    }
    if low >= high {
      issue(place, "the range from \(bounds[0].excerpt) to \(bounds[1].excerpt) is empty; the lower bound comes first")
      return nil
    }
    let isLog = file.scale == .log
    if isLog, low <= 0 {
      let remedy = high > 0 ? "start above 0, or use \"scale\": \"linear\"" : "use \"scale\": \"linear\""
      issue(place, "a log range cannot \(low < 0 && high > 0 ? "go through" : "hold") 0 or less; \(remedy)")
      return nil
    }
    let checked = bounds.indices.compactMap { self.checked(bounds[$0], field, place.appending($0)) }
    guard checked.count == 2 else { return nil }
    return isInteger
      ? .integer(bounds[0].int!...bounds[1].int!, log: isLog, steps: file.steps)
      : .float(low...high, log: isLog, steps: file.steps)
  }

  /// The value in the form in which its field stores it, or an issue.
  private mutating func checked(_ value: JSONValue, _ field: SearchField?, _ path: ConfigurationPath) -> JSONValue? {
    guard let field else { return value }
    do throws(ValueMismatch) {
      return try field.normalized(value)
    } catch {
      issue(path.appending(error.place), error.message)
      return nil
    }
  }

  // MARK: Conditions

  private mutating func condition(
    _ member: JSONObject.Member, _ path: ConfigurationPath, in object: JSONObject
  ) -> Dimension.Condition? {
    let place = path.appending(member.key)
    guard let other = dimensions.first(where: { $0.name == member.key }) else {
      if let element = dimensions.first(where: { $0.name.hasPrefix(member.key + ".") }) {
        issue(place, "is an array whose elements are dimensions; name one of them, such as \"\(element.name)\"")
      } else if object[member.key] == nil {
        issue(place, "no dimension has this name\(Spelling.hint(for: member.key, in: object.keys))")
      } else if dimensions.count == object.keys.firstIndex(of: member.key) {
        issue(place, "a dimension cannot depend on itself")
      } else if issues.isEmpty {
        issue(place, "a condition names a dimension above; move \"\(member.key)\" up")
      }
      return nil
    }
    guard let count = other.domain.count, count <= 1000 else {
      issue(place, "a condition needs a dimension with values, or with at most 1000 integers")
      return nil
    }
    let wanted = member.value.array ?? [member.value]
    let kept = wanted.compactMap { value in other.domain.member(equalTo: value) }
    if kept.count < wanted.count {
      let wrong = wanted.first { other.domain.member(equalTo: $0) == nil }!
      issue(place, "is never \(wrong.excerpt); it takes \(other.domain.summary)")
      return nil
    }
    return Dimension.Condition(member.key, in: kept)
  }

  private mutating func issue(_ path: ConfigurationPath, _ message: String) {
    issues.append(.init(path, message))
  }
}
