import BayesianNetworks
import Foundation
import Tensors

/// The polynomials of the evidence example: m = 20, x_i = -1 + 2i/19, y_i = 0.5 x_i + 0.1 sin(37 (i+1)), features
/// 1 ... x^degree, noise precision 100, prior precision 1.
func polynomialModel(degree: Int) throws -> BayesianLinearModel {
  let grid = (0..<20).map { -1 + 2 * Double($0) / 19 }
  return try BayesianLinearModel(
    features: Matrix(
      grid.flatMap { x in (0...degree).map { pow(x, Double($0)) } }, rows: 20, columns: degree + 1),
    targets: grid.enumerated().map { 0.5 * $1 + 0.1 * sin(37 * Double($0 + 1)) }, priorPrecision: 1,
    noisePrecision: 100)
}

/// Computed independently in double precision; one for each degree 0 ... 9.
let goldenLogEvidence = [
  -78.4234252801, 15.3777246604, 13.3851203479, 11.3282226657, 11.1316762324, 10.7442053742, 10.2022868928,
  9.6043038759, 9.3686006326, 8.8629808491,
]
let goldenLeaveOneOut = [
  -80.5165077488, 20.9730063910, 21.0233723749, 20.0143610931, 20.2396406027, 20.3807423950, 20.8161500981,
  20.1783527181, 20.6944726725, 20.2402374328,
]
