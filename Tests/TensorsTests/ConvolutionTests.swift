import Foundation
import Tensors
import Testing

@Suite struct ConvolutionTests {
  static let geometries: [ConvolutionGeometry] = {
    var result: [ConvolutionGeometry] = [
      .init(height: 28, width: 28, channels: 1, kernelHeight: 5, kernelWidth: 5),
      .init(height: 14, width: 14, channels: 6, kernelHeight: 5, kernelWidth: 5),
      .init(height: 8, width: 9, channels: 64, kernelHeight: 3, kernelWidth: 3, padding: 1),
      .init(height: 4, width: 4, channels: 3, kernelHeight: 4, kernelWidth: 4),
      .init(height: 2, width: 2, channels: 2, kernelHeight: 3, kernelWidth: 6, stride: 1, padding: 2),
      .init(height: 1, width: 5, channels: 1, kernelHeight: 1, kernelWidth: 1, stride: 3, padding: 4),
      .init(height: 1, width: 1, channels: 3, kernelHeight: 2, kernelWidth: 2, stride: 2, padding: 7),
    ]
    for channels in [1, 2, 3, 5, 16, 21] {
      for (kernelHeight, kernelWidth) in [(1, 1), (3, 3), (2, 5), (4, 3)] {
        for stride in 1...3 {
          for padding in 0...2 {
            result.append(
              .init(
                height: 7, width: 8, channels: channels, kernelHeight: kernelHeight, kernelWidth: kernelWidth,
                stride: stride, padding: padding))
          }
        }
      }
    }
    return result
  }()

  /// Where a number of a patch comes from in x; nil in the padding.
  func source(_ g: ConvolutionGeometry, image: Int, patch: Int, place: Int) -> Int? {
    let (kernelRow, kernelColumn, channel) = (
      place / (g.kernelWidth * g.channels), place / g.channels % g.kernelWidth, place % g.channels
    )
    let row = patch / g.outputWidth * g.stride + kernelRow - g.padding
    let column = patch % g.outputWidth * g.stride + kernelColumn - g.padding
    guard row >= 0, row < g.height, column >= 0, column < g.width else { return nil }
    return ((image * g.height + row) * g.width + column) * g.channels + channel
  }

  func check<Scalar: TensorScalar>(_ g: ConvolutionGeometry, _: Scalar.Type) {
    let images = 3
    let x = Vector<Scalar>.normal(RandomKey(seed: 1), count: images * g.inputSize)
    var unfolded = Vector<Scalar>(repeating: .nan, count: images * g.patches * g.patchSize)
    Scalar.unfold(x.unsafePointer, images: images, g, into: unfolded.unsafeMutablePointer())
    let y = Vector<Scalar>.normal(RandomKey(seed: 2), count: unfolded.count)
    let before = Vector<Scalar>.normal(RandomKey(seed: 3), count: x.count)
    var folded = before
    Scalar.fold(y.unsafePointer, images: images, g, addingTo: folded.unsafeMutablePointer())
    var (wrong, forward, backward) = (0, 0.0, 0.0)
    var expected = before.doubles
    for i in 0..<unfolded.count {
      let (image, patch, place) = (i / (g.patches * g.patchSize), i / g.patchSize % g.patches, i % g.patchSize)
      let source = source(g, image: image, patch: patch, place: place)
      if unfolded[i] != source.map({ x[$0] }) ?? 0 { wrong += 1 }
      if let source { expected[source] += Double(y[i]) }
      forward += Double(unfolded[i]) * Double(y[i])
    }
    #expect(wrong == 0, "\(g)")
    let tolerance = Scalar.self == Float.self ? 1e-5 : 1e-13
    #expect(zip(folded.doubles, expected).allSatisfy { abs($0 - $1) < tolerance }, "\(g)")
    // <unfold(x), y> = <x, fold(y)>
    for i in 0..<x.count { backward += Double(x[i]) * (Double(folded[i]) - Double(before[i])) }
    #expect(abs(forward - backward) < tolerance * Double(unfolded.count), "\(g)")
  }

  @Test func unfoldAndFold() {
    for geometry in Self.geometries {
      check(geometry, Float.self)
      check(geometry, Double.self)
    }
  }

  @Test func sizes() {
    let first = ConvolutionGeometry(height: 28, width: 28, channels: 1, kernelHeight: 5, kernelWidth: 5)
    #expect(first.outputHeight == 24 && first.outputWidth == 24 && first.patchSize == 25 && first.patches == 576)
    let same = ConvolutionGeometry(height: 32, width: 30, channels: 3, kernelHeight: 3, kernelWidth: 3, padding: 1)
    #expect(same.outputHeight == 32 && same.outputWidth == 30)
    let pool = PoolingGeometry(height: 7, width: 8, channels: 2, window: 2)
    #expect(pool.outputHeight == 3 && pool.outputWidth == 4 && pool.outputSize == 24 && pool.inputSize == 112)
  }
}

@Suite struct PoolingTests {
  static let geometries: [PoolingGeometry] = {
    var result = [
      PoolingGeometry(height: 24, width: 24, channels: 6, window: 2),
      PoolingGeometry(height: 8, width: 8, channels: 64, window: 2),
      PoolingGeometry(height: 5, width: 5, channels: 3, window: 5),
    ]
    for channels in [1, 2, 17] {
      for window in 1...3 {
        for stride in 1...4 {
          result.append(.init(height: 7, width: 9, channels: channels, window: window, stride: stride))
        }
      }
    }
    return result
  }()

  /// The places in x of the window of output i, column by column.
  func window(_ g: PoolingGeometry, _ i: Int) -> [Int] {
    let (image, place) = (i / g.outputSize, i % g.outputSize)
    let row = place / (g.outputWidth * g.channels) * g.stride
    let column = place / g.channels % g.outputWidth * g.stride
    return (0..<g.window * g.window).map {
      let (r, c) = (row + $0 % g.window, column + $0 / g.window)
      return ((image * g.height + r) * g.width + c) * g.channels + place % g.channels
    }
  }

  func check<Scalar: TensorScalar>(_ g: PoolingGeometry, _: Scalar.Type, ties: Bool) {
    let images = 2
    var x = Vector<Scalar>.normal(RandomKey(seed: 4), count: images * g.inputSize)
    if ties { x = Vector(x.array.map { $0.rounded() }) }
    let count = images * g.outputSize
    var (y, offsets) = (Vector<Scalar>(count: count), [Int32](repeating: -1, count: count))
    Scalar.maxPool(x.unsafePointer, images: images, g, into: y.unsafeMutablePointer(), offsets: &offsets)
    for i in 0..<count {
      let places = window(g, i)
      let largest = places.map { x[$0] }.max()!
      #expect(y[i] == largest && Int(offsets[i]) == places.first { x[$0] == largest })
    }
    var gathered = Vector<Scalar>(count: count)
    Scalar.gather(x.unsafePointer, offsets: offsets, into: gathered.unsafeMutablePointer(), count: count)
    #expect(gathered == y)
    let before = Vector<Scalar>.normal(RandomKey(seed: 5), count: x.count)
    let gradient = Vector<Scalar>.normal(RandomKey(seed: 6), count: count)
    var (scattered, expected) = (before, before.doubles)
    Scalar.scatter(
      gradient.unsafePointer, offsets: offsets, addingTo: scattered.unsafeMutablePointer(), count: count)
    for i in 0..<count { expected[Int(offsets[i])] += Double(gradient[i]) }
    let tolerance = Scalar.self == Float.self ? 2e-6 : 1e-14
    #expect(zip(scattered.doubles, expected).allSatisfy { abs($0 - $1) < tolerance })

    Scalar.averagePool(x.unsafePointer, images: images, g, into: y.unsafeMutablePointer())
    var spread = before
    Scalar.averagePoolAdjoint(
      gradient.unsafePointer, images: images, g, addingTo: spread.unsafeMutablePointer())
    expected = before.doubles
    for i in 0..<count {
      let places = window(g, i)
      let mean = places.reduce(0) { $0 + Double(x[$1]) } / Double(places.count)
      #expect(abs(Double(y[i]) - mean) < tolerance)
      for place in places { expected[place] += Double(gradient[i]) / Double(places.count) }
    }
    #expect(zip(spread.doubles, expected).allSatisfy { abs($0 - $1) < tolerance })
  }

  @Test(arguments: [false, true]) func poolsAndTheirAdjoints(ties: Bool) {
    for geometry in Self.geometries {
      check(geometry, Float.self, ties: ties)
      check(geometry, Double.self, ties: ties)
    }
  }
}
