import Foundation

extension Split {
  private struct File: Decodable {
    var train: [[Int]]
    var test: [[Int]]
  }

  /// Reads splits from a file {"train": [[row, ...], ...], "test": [[row, ...], ...]}: the i-th lists make the i-th
  /// split. Rows count from 0. Rows in neither list are left out of that split.
  ///
  /// - Parameter rows: how many rows the data has.
  /// - Throws: `DatasetError` for a row that is out of range, that occurs twice, or that is in both parts.
  public static func given(file path: String, rows: Int) throws(DatasetError) -> [Split] {
    let bytes = try FileContents.read(path)
    let file: File
    do {
      file = try JSONDecoder().decode(File.self, from: Data(bytes))
    } catch let error as DecodingError {
      throw DatasetError("expected {\"train\": [[...]], \"test\": [[...]]}: \(describe(error))", file: path)
    } catch {
      throw DatasetError("expected {\"train\": [[...]], \"test\": [[...]]}: \(error)", file: path)
    }
    guard file.train.count == file.test.count, !file.train.isEmpty else {
      throw DatasetError(
        "\(file.train.count) lists of training rows and \(file.test.count) of test rows; "
          + "expected as many of each, at least one", file: path)
    }
    var splits: [Split] = []
    for (index, (train, test)) in zip(file.train, file.test).enumerated() {
      var place = [String?](repeating: nil, count: rows)
      for (name, part) in [("train", train), ("test", test)] {
        guard !part.isEmpty else { throw DatasetError("\(name)[\(index)] is empty", file: path) }
        for (position, row) in part.enumerated() {
          let here = "\(name)[\(index)][\(position)]"
          guard row >= 0, row < rows else {
            throw DatasetError("\(here) is row \(row); the data has the rows 0 to \(rows - 1)", file: path)
          }
          if let other = place[row] {
            throw DatasetError("\(here) is row \(row), which is in \(other)[\(index)] already", file: path)
          }
          place[row] = name
        }
      }
      splits.append(Split(train: train, validation: test))
    }
    return splits
  }

  private static func describe(_ error: DecodingError) -> String {
    let (context, what): (DecodingError.Context, String) =
      switch error {
      case .keyNotFound(let key, let context): (context, "'\(key.stringValue)' is missing")
      case .typeMismatch(_, let context): (context, "wrong type")
      case .valueNotFound(_, let context): (context, "null")
      case .dataCorrupted(let context): (context, "not valid JSON")
      @unknown default: (.init(codingPath: [], debugDescription: ""), "not readable")
      }
    let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined()
    return path.isEmpty ? what : "\(what) at \(path)"
  }
}
