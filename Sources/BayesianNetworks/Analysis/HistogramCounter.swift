/// Counts the numbers of one series in even bins.
struct HistogramCounter {
  let axis: WeightHistogram.Axis
  let low: Double
  let high: Double
  private var counts: [Int]
  private var below = 0
  private var above = 0
  private var undefined = 0
  private var sketch = QuantileSketch()

  init(axis: WeightHistogram.Axis, range: ClosedRange<Double>, bins: Int) {
    self.axis = axis
    (low, high) = (range.lowerBound, range.upperBound)
    counts = Array(repeating: 0, count: bins)
  }

  mutating func add(_ values: ArraySlice<Double>) {
    let perUnit = Double(counts.count) / (high - low)
    for value in values {
      let place = axis.place(value)
      if place < low {
        below += 1
      } else if place > high {
        above += 1
      } else if place.isNaN {
        undefined += 1
      } else {
        // The last bin has the upper edge.
        counts[min(Int((place - low) * perUnit), counts.count - 1)] += 1
      }
    }
    sketch.add(values)
  }

  func series(_ name: String, quantiles: [Double]) -> WeightHistogram.Series {
    WeightHistogram.Series(
      name: name, total: counts.reduce(0, +) + below + above + undefined, counts: counts, below: below, above: above,
      undefined: undefined,
      quantiles: quantiles.compactMap { fraction in
        sketch.quantile(fraction).map { WeightHistogram.Quantile(fraction: fraction, value: $0) }
      })
  }
}
