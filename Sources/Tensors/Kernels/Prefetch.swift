import COpenBLAS

extension TensorScalar {
  /// Asks for numbers that are to be read soon. The processor sees ahead within a page of memory alone, which is about as
  /// long as the blocks in which passes over several arrays go.
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func prefetch(_ x: UnsafePointer<Self>, count: Int) {
    let line = 64 / MemoryLayout<Self>.stride
    for i in stride(from: 0, to: count, by: line) { hpsearch_prefetch(x + i) }
  }
}
