/// Names for the columns of inputs that have several extents, such as "pixel[3][14]": without commas, for they become the
/// columns of CSV files.
enum PixelNames {
  /// A name for each place of an array of the given extents, row-major.
  static func all(_ extents: [Int]) -> [String] {
    (0..<extents.reduce(1, *)).map { index in
      var rest = index
      var place: [Int] = []
      for size in extents.reversed() {
        place.append(rest % size)
        rest /= size
      }
      return "pixel" + place.reversed().map { "[\($0)]" }.joined()
    }
  }
}
