import COpenBLAS

/// The vector registers that this build of the kernels uses.
public enum VectorWidth {
  /// In bits: 128 in a debug build, the width of the building machine's processor in a release build unless
  /// HPSEARCH_MARCH said otherwise.
  public static var bits: Int { Int(hpsearch_vector_bits()) }
}
