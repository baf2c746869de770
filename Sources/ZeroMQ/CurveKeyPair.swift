import CZeroMQ

/// A key pair for CURVE, in Z85 text of 40 characters each.
package struct CurveKeyPair: Hashable, Sendable {
  package let publicKey: String
  package let secretKey: String

  /// A new pair.
  ///
  /// - Throws: `ZeroMQError` when this libzmq was built without CURVE.
  package init() throws(ZeroMQError) {
    var publicKey = [CChar](repeating: 0, count: 41)
    var secretKey = [CChar](repeating: 0, count: 41)
    guard zmq_curve_keypair(&publicKey, &secretKey) == 0 else { throw ZeroMQError("make a CURVE key pair") }
    self.publicKey = Self.text(publicKey)
    self.secretKey = Self.text(secretKey)
  }

  /// The pair that belongs to a secret key.
  package init(secretKey: String) throws(ZeroMQError) {
    var publicKey = [CChar](repeating: 0, count: 41)
    guard secretKey.utf8.count == 40, zmq_curve_public(&publicKey, secretKey) == 0 else {
      throw ZeroMQError(code: EINVAL, operation: "read a CURVE key")
    }
    self.publicKey = Self.text(publicKey)
    self.secretKey = secretKey
  }

  private static func text(_ characters: [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
