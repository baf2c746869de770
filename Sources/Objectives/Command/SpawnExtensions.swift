import Foundation

/// Two functions of the C library for `posix_spawn`. Its headers show them to C with _GNU_SOURCE alone, and so not to
/// Swift: they are looked up by name.
enum SpawnExtensions {
  typealias Actions = UnsafeMutablePointer<posix_spawn_file_actions_t>

  /// The child's working directory (glibc 2.29). Nil where the C library does not have it.
  static let addDirectory = lookUp(
    "posix_spawn_file_actions_addchdir_np", as: (@convention(c) (Actions, UnsafePointer<CChar>) -> Int32).self)
  /// Closes the child's descriptors from a number on (glibc 2.34).
  static let addCloseFrom = lookUp(
    "posix_spawn_file_actions_addclosefrom_np", as: (@convention(c) (Actions, Int32) -> Int32).self)

  private static func lookUp<Function>(_ name: String, as type: Function.Type) -> Function? {
    dlsym(dlopen(nil, RTLD_NOW), name).map { unsafeBitCast($0, to: type) }
  }
}
