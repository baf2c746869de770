package import ModelSelection
import StudyModel

/// Whether evidence and validation choose the same trial, in one sentence.
package func agreementText(_ agreement: Agreement) -> String {
  let (evidence, validation) = (agreement.evidence, agreement.validation)
  guard let chosen = evidence.best?.trial, let best = validation.best?.trial else { return "" }
  let metric = printable(validation.metric)
  let trials = evidence.standings.count
  // Of fewer trials a correlation says nothing.
  let correlation =
    trials < 5 ? nil : agreement.rankCorrelation.map { " (rank correlation over \(trials) trials: \(decimals($0)))" }
  let end = (correlation ?? "") + "."
  if agreement.verdict == .same {
    return "Evidence and validation agree: trial \(chosen.number) is the best by \(evidence.metric) and by \(metric)"
      + end
  }
  let loss = agreement.validationLoss
  let worse = Aggregate(
    mean: loss.mean, standardDeviation: loss.standardError.map { $0 * Double(loss.count).squareRoot() },
    count: loss.count)
  let facts =
    "trial \(chosen.number), the best by \(evidence.metric), is \(text(of: worse)) worse in \(metric) "
    + "than trial \(best.number)"
  let runs = "over the \(count(loss.count, "run")) that both share"
  switch agreement.verdict {
  case .indistinguishable:
    let errors = loss.isWithinOneStandardError == true ? "at most one standard error" : "within two standard errors"
    return "Evidence and validation name different trials, within the noise: \(facts), \(errors) \(runs)" + end
  case .unknown:
    return "Evidence and validation name different trials: \(facts); with one run per trial the noise is not known"
      + end
  default:
    let errors = loss.inStandardErrors.map {
      $0.isFinite ? "\(text(of: $0, digits: 2)) standard errors" : "the same in every run"
    }
    return "Evidence and validation disagree: \(facts), \(errors ?? "") \(runs)" + end
  }
}

private func decimals(_ value: Double) -> String {
  MeasureFormat(decimals: 2).text(of: value, digits: 2)
}
