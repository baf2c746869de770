extension [Double] {
  /// By linear interpolation between the sorted values; NaN where there are none.
  func quantile(_ share: Double) -> Double {
    let sorted = sorted()
    guard let last = sorted.last else { return .nan }
    let place = share * Double(count - 1)
    let low = Int(place)
    return low + 1 < count ? sorted[low] + (place - Double(low)) * (sorted[low + 1] - sorted[low]) : last
  }

  var median: Double { quantile(0.5) }
}
