import Foundation
import Probability
package import Tensors

/// The gradient of Laplace's evidence while the weights are trained (Immer, Bauer, Fortuin, Raetsch and Khan 2021, algorithm
/// 1): after some steps of the training, at the weights as they are,
///
///     Q = -log Z = L(w, h) - (n/2) ln 2 pi + 1/2 ln det H(w, h)
///
/// and its partial derivative with respect to h; the way of the weights' curvature on h through the weights is left out, as
/// there. L has to be a negative log joint density with its constants. Validation examples are not looked at.
package struct OnlineLaplace: HypergradientMethod {
  /// What stands for H.
  package enum Curvature: Hashable, Sendable {
    /// The whole Hessian of L, exactly, for any problem with at most so many weights: one product with it for each weight.
    /// Directions in which L is not convex are left out.
    case hessian(limit: Int = 512)
    /// The diagonal of the generalised Gauss-Newton matrix plus the prior's, for a `PointEstimateProblem` of any size of
    /// which prior scales are chosen, and at most the noise.
    case diagonalGaussNewton
  }

  /// `steps` steps of the training for each gradient.
  package var descent: any InnerDescent
  package var curvature: Curvature
  /// Gradients for each Gauss-Newton diagonal; the Hessian is new each time.
  package var refresh: Int

  package init(_ descent: any InnerDescent, curvature: Curvature = .diagonalGaussNewton, refresh: Int = 1) {
    self.descent = descent
    self.curvature = curvature
    self.refresh = refresh
  }

  package func estimator<Problem: BilevelProblem>(
    for problem: Problem, batches: BatchSizes, key: RandomKey
  ) throws(HypergradientError) -> any HypergradientEstimator<Problem.Scalar> {
    try OnlineLaplaceEstimator(self, problem, batches: batches, key: key)
  }
}

/// 1/2 ln det H and its partial derivative.
protocol CurvatureDeterminant<Scalar>: AnyObject {
  associatedtype Scalar: TensorScalar

  /// Numbers that are kept in the state from one estimate to the next.
  var keptCount: Int { get }

  /// Adds the derivative to the gradient.
  ///
  /// - Parameter kept: What was kept; written where it is new.
  func add(
    weights: Vector<Scalar>, hyperparameters: UnsafePointer<Scalar>, step: Int, kept: inout Vector<Scalar>,
    to gradient: UnsafeMutablePointer<Scalar>
  ) throws(HypergradientError) -> Double
}

final class OnlineLaplaceEstimator<Problem: BilevelProblem>: HypergradientEstimator {
  typealias Scalar = Problem.Scalar

  private let derivatives: BilevelDerivatives<Problem>
  private let run: DescentRun<Problem>
  private let determinant: any CurvatureDeterminant<Scalar>
  private let key: RandomKey
  private let descentState: Int

  init(
    _ method: OnlineLaplace, _ problem: Problem, batches: BatchSizes, key: RandomKey
  ) throws(HypergradientError) {
    guard method.refresh >= 1 else {
      throw .badSetting(name: "the gradients for each curvature", found: "\(method.refresh)", expected: "at least 1")
    }
    self.key = key
    descentState = method.descent.statePerWeight
    derivatives = try BilevelDerivatives(problem, batches: batches, key: key.folded(1))
    run = try DescentRun(derivatives, method.descent)
    switch method.curvature {
    case .hessian(let limit):
      guard problem.weightCount <= limit else {
        throw .badSetting(
          name: "the number of weights", found: "\(problem.weightCount)",
          expected: "at most \(limit) for the whole Hessian; the Gauss-Newton diagonal takes any number")
      }
      determinant = HessianDeterminant(derivatives)
    case .diagonalGaussNewton:
      guard let network = problem as? PointEstimateProblem<Scalar>,
        let known = GaussNewtonDeterminant(network, refresh: method.refresh)
      else {
        throw .badSetting(
          name: "the curvature", found: "the Gauss-Newton diagonal of a \(Problem.self)",
          expected: "a network of which prior scales are chosen and at most the noise, or the whole Hessian")
      }
      determinant = known
    }
    derivatives.prepare([.trainingPartial], curvature: true)
  }

  var workspaceCount: Int { derivatives.workspaceCount }
  var exampleCount: Int { derivatives.problem.training.count }

  func initialState() -> WeightState<Scalar> {
    WeightState(
      weights: derivatives.problem.initialWeights(key: key.folded(0)),
      velocity: Vector(count: descentState * derivatives.weightCount), solution: Vector(count: determinant.keptCount))
  }

  func estimate(
    hyperparameters: UnsafePointer<Scalar>, step: Int, state: inout WeightState<Scalar>,
    gradient: UnsafeMutablePointer<Scalar>
  ) throws(HypergradientError) -> HypergradientEstimate {
    let (weights, velocity) = (state.weights.unsafeMutablePointer(), state.velocity.unsafeMutablePointer())
    let end = try run.run(
      weights: weights, velocity: velocity, hyperparameters: hyperparameters, first: state.trainingSteps,
      hyperStep: step)
    state.trainingSteps += end.steps
    let examples = Double(exampleCount)
    let loss = derivatives.evaluate(
      .trainingPartial, at: .init(weights: UnsafePointer(weights), hyperparameters: hyperparameters), step: step,
      curvature: true, into: gradient)
    Scalar.scale(gradient, by: Scalar(examples), count: derivatives.hyperparameterCount)
    let half = try determinant.add(
      weights: state.weights, hyperparameters: hyperparameters, step: step, kept: &state.solution, to: gradient)
    let constant = 0.5 * Double(derivatives.weightCount) * log(2 * Double.pi)
    return HypergradientEstimate(value: loss * examples - constant + half, trainingLoss: end.loss)
  }
}
