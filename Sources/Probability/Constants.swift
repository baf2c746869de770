import Foundation

/// ln sqrt(2 pi)
let logRootTwoPi = 0.918_938_533_204_672_741_78

/// The natural logarithm, under a name that does not collide with the kernels'.
func logarithm(_ x: Double) -> Double { Foundation.log(x) }
