import Foundation
import Testing

extension ProcessTests {
  @Suite struct PredictTests {
    let sandbox: Sandbox

    /// A linear regression on two numbers and a category, and a classification of the same rows, both trained.
    init() throws {
      sandbox = try Sandbox()
      var rows = ["age,colour,height,price"]
      for i in 0..<60 {
        let (age, height) = (Double(i % 12), Double(i * i % 17))
        let colour = ["red", "green", "rød"][i % 3]
        rows.append("\(age),\(colour),\(height),\(100 + 3 * age - 2 * height + (colour == "red" ? 10 : 0))")
      }
      try sandbox.write("houses.csv", rows.joined(separator: "\n") + "\n")
      try sandbox.write(
        "houses.json",
        """
        {"data": {"csv": "houses.csv", "target": "price"}, "model": {"hidden": [], "likelihood": {"learned": true}},
         "inference": {"method": "maximum-likelihood"}, "training": {"epochs": 50, "learningRate": 0.02},
         "objective": {"metric": "lppd"}}
        """)
      try sandbox.write(
        "colours.json",
        """
        {"data": {"csv": "houses.csv", "target": "colour"}, "model": {"hidden": [8], "likelihood": {"kind": "categorical"}},
         "inference": {"prior": {"scale": 0.5}}, "training": {"epochs": 30, "learningRate": 0.01},
         "objective": {"metric": "lppd"}}
        """)
    }

    func train(_ name: String) throws { _ = try sandbox.run("train", "\(name).json", "--quiet") }

    /// The rows of a CSV text without quotes, by column.
    func table(_ text: String) -> [[String: String]] {
      let lines = text.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
      return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
    }

    func file(_ name: String) throws -> SavedTensors {
      try SavedTensors(Data(contentsOf: URL(fileURLWithPath: "\(sandbox.path)/\(name)")))
    }

    @Test func `the numbers are those of the saved tensors`() throws {
      try train("houses")
      // Other order, a column more, no target.
      try sandbox.write("new.csv", "height,note,colour,age\n3,\"a, b\",red,5\n16,,green,0\n")
      let program = try sandbox.run("predict", "houses.safetensors", "new.csv", "--quantiles", "0.025,0.5,0.975")
      #expect(program.errors.contains("'note'"), "\(program.errors)")
      #expect(
        program.output.hasPrefix(
          "row,mean,standard_deviation,epistemic_standard_deviation,quantile_0.025,quantile_0.5,quantile_0.975\n1,"))
      let saved = try file("houses.safetensors")
      let data = try saved.json("data")
      #expect(data["features"] as? [String] == ["age", "colour=green", "colour=red", "colour=rød", "height"])
      let means = try #require(data["inputMeans"] as? [Double])
      let scales = try #require(data["inputScales"] as? [Double])
      let (mean, scale) = (
        try #require(data["targetMean"] as? Double), try #require(data["targetScale"] as? Double)
      )
      let weights = try #require(saved.tensors["layers.0.weights"])
      let bias = try #require(saved.tensors["layers.0.biases"]?.first)
      let noise = exp(Double(try #require(saved.tensors["likelihood.log_noise"]?.first)))
      let found = table(program.output)
      #expect(found.count == 2)
      for (row, x) in zip(found, [[5.0, 0, 1, 0, 3], [0, 1, 0, 0, 16]]) {
        let inputs = (0..<5).map { (x[$0] - means[$0]) / scales[$0] }
        let output = zip(inputs, weights).reduce(Double(bias)) { $0 + $1.0 * Double($1.1) }
        func value(_ name: String) throws -> Double { try #require(row[name].flatMap { Double($0) }) }
        #expect(abs(try value("mean") - (output * scale + mean)) < 1e-4 * scale)
        #expect(abs(try value("standard_deviation") - noise * scale) < 1e-4 * scale)
        #expect(try value("epistemic_standard_deviation") == 0)
        let half = 1.959963984540054 * noise * scale
        #expect(abs(try value("quantile_0.5") - value("mean")) < 1e-6 * scale)
        #expect(abs(try value("quantile_0.025") - (value("mean") - half)) < 1e-4 * scale)
        #expect(abs(try value("quantile_0.975") - (value("mean") + half)) < 1e-4 * scale)
      }
    }

    @Test func `with the target there are scores, and JSON has all of it`() throws {
      try train("houses")
      let program = try sandbox.run("predict", "houses.safetensors", "houses.csv", "--format", "json")
      #expect(program.errors.hasPrefix("price: ") && program.errors.contains("rmse"), "\(program.errors)")
      let document = try #require(
        try JSONSerialization.jsonObject(with: Data(program.output.utf8)) as? [String: Any])
      let predictions = try #require(document["predictions"] as? [[String: Any]])
      #expect(predictions.count == 60 && predictions[59]["row"] as? Int == 60)
      let targets = table(try sandbox.read("houses.csv")).compactMap { $0["price"].flatMap { Double($0) } }
      let squares = zip(targets, predictions).reduce(0.0) { sum, pair in
        let difference = pair.0 - (pair.1["mean"] as? Double ?? .nan)
        return sum + difference * difference
      }
      let scores = try #require(document["scores"] as? [String: Double])
      #expect(abs((squares / 60).squareRoot() - (try #require(scores["rmse"]))) < 1e-6)
      #expect(scores["lppd"] != nil && document["target"] as? String == "price")
      _ = try sandbox.run("predict", "houses.safetensors", "houses.csv", "--output", "out.csv")
      #expect(table(try sandbox.read("out.csv")).count == 60)
    }

    @Test func `classes with their probabilities`() throws {
      try train("colours")
      let program = try sandbox.run("predict", "colours.safetensors", "houses.csv", "--samples", "20")
      #expect(program.output.hasPrefix("row,class,entropy,probability_green,probability_red,probability_rød\n"))
      #expect(program.errors.hasPrefix("colour: ") && program.errors.contains("error"), "\(program.errors)")
      let names = ["green", "red", "rød"]
      for row in table(program.output) {
        let p = try names.map { try #require(row["probability_\($0)"].flatMap { Double($0) }) }
        #expect(abs(p.reduce(0, +) - 1) < 1e-9)
        #expect(names.firstIndex(of: row["class"] ?? "") == p.firstIndex(of: p.max() ?? 0))
        let entropy = try #require(row["entropy"].flatMap { Double($0) })
        let expected: Double = p.reduce(0) { $0 - $1 * log($1) }
        #expect(abs(entropy - expected) < 1e-9)
      }
      let again = try sandbox.run("predict", "colours.safetensors", "houses.csv", "--samples", "20")
      let other = try sandbox.run("predict", "colours.safetensors", "houses.csv", "--samples", "20", "--seed", "1")
      #expect(again.output == program.output && other.output != program.output)
      // A class that the training did not have takes the scores away, and not the predictions.
      try sandbox.write("new.csv", "age,height,price,colour\n1,2,3,blue\n")
      let new = try sandbox.run("predict", "colours.safetensors", "new.csv")
      #expect(new.errors.contains("no scores") && new.errors.contains("blue") && table(new.output).count == 1)
    }

    @Test func `faulty tables`() throws {
      try train("houses")
      for (text, expected) in [
        ("age,colour\n1,red\n", ["new.csv", "'height'"]),
        ("age,color,height\n1,red,2\n", ["'colour'", "did you mean 'color'"]),
        ("age,colour,height\n1,red,2\n1,red,x\n", ["new.csv:3", "'height'", "'x'"]),
        ("age,colour,height\n1,red,\n", ["new.csv:2", "missing value"]),
        ("age,colour,height\n1,blue,2\n", ["'blue'", "green, red, rød"]), ("age,colour,height\n1,red\n", ["new.csv:2"]),
        ("age,colour,height\n", ["no data"]), ("", ["empty"]),
        ("age,colour,height\n1,red,1e300\n", ["single precision"]),
      ] {
        try sandbox.write("new.csv", text)
        let program = try sandbox.run("predict", "houses.safetensors", "new.csv", status: 64)
        for word in expected { #expect(program.errors.contains(word), "\(program.errors)") }
        #expect(program.output.isEmpty)
      }
    }

    @Test func `faulty posteriors`() throws {
      try train("houses")
      let path = "\(sandbox.path)/houses.safetensors"
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      for (bytes, expected) in [
        (bytes.prefix(100), "truncated"), (Data(), "truncated"), (bytes.prefix(bytes.count - 1), "truncated"),
        (Data("x,y\n1,2\n3,4\n".utf8), "header"), (bytes + [0], "header"),
      ] {
        try bytes.write(to: URL(fileURLWithPath: path))
        let program = try sandbox.run("predict", "houses.safetensors", "houses.csv", status: 64)
        #expect(program.errors.contains("houses.safetensors") && program.errors.contains(expected), "\(program.errors)")
        #expect(program.errors.split(separator: "\n").count == 1 && program.output.isEmpty)
      }
    }
  }
}
