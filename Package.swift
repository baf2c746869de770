// swift-tools-version: 6.2
import PackageDescription

// The processor the numeric kernels are compiled for. "native" is right for one machine or for a cluster of
// equal nodes; a build that is shared by different processors sets HPSEARCH_MARCH, for example to x86-64-v3.
let architecture = Context.environment["HPSEARCH_MARCH"] ?? "native"

let common: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]
let vectorized: [SwiftSetting] =
  common + [.unsafeFlags(["-Xcc", "-march=\(architecture)"], .when(configuration: .release))]
// Only the kernels, which work on pointers and check nothing but their arguments' sizes.
let kernels: [SwiftSetting] = vectorized + [.unsafeFlags(["-Ounchecked"], .when(configuration: .release))]

func target(_ name: String, _ dependencies: [Target.Dependency] = [], _ settings: [SwiftSetting] = common) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = [], exclude: [String] = []
) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: dependencies, exclude: exclude, resources: resources, swiftSettings: common)
}

let package = Package(
  name: "hpsearch",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "hpsearch", targets: ["hpsearch"]),
    .executable(name: "hpsearch-bench", targets: ["hpsearch-bench"]),
    .library(
      name: "BayesianNetworks", targets: ["BayesianNetworks", "Autodiff", "Probability", "Tensors", "Datasets"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    .systemLibrary(name: "CZeroMQ", providers: [.apt(["libzmq3-dev"]), .brew(["zeromq"])]),
    .systemLibrary(name: "COpenBLAS", providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    .systemLibrary(name: "CProcess"),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),

    target("Tensors", ["COpenBLAS"], kernels),
    target("Probability", ["Tensors"], vectorized),
    target("Autodiff", ["Tensors"], vectorized),
    target("BayesianNetworks", ["Tensors", "Autodiff", "Probability"]),
    target("Datasets", ["Tensors", "CZlib"]),

    target("StudyModel"),
    target("GaussianProcesses", ["Tensors", "Probability", "COpenBLAS"], vectorized),
    target("SearchStrategies", ["StudyModel", "GaussianProcesses", "Tensors"]),
    target("ClusterProtocol", ["StudyModel"]),
    target("ZeroMQ", ["CZeroMQ"]),
    target("StudyStore", ["StudyModel", .product(name: "GRDB", package: "GRDB.swift")]),
    target(
      "Cluster",
      [
        "StudyModel", "ClusterProtocol", "SearchStrategies", "StudyStore", "ZeroMQ",
        .product(name: "Logging", package: "swift-log"),
      ]),
    target("Objectives", ["StudyModel", "BayesianNetworks", "Datasets", "Tensors", "Probability", "CProcess"]),
    target("ModelSelection", ["StudyModel"]),
    target("Reports", ["StudyModel", "ModelSelection"]),
    target("HPSearchTesting", ["StudyModel", "SearchStrategies", "StudyStore", "ClusterProtocol"]),

    .executableTarget(
      name: "hpsearch",
      dependencies: [
        "StudyModel", "SearchStrategies", "ClusterProtocol", "ZeroMQ", "StudyStore", "Cluster", "Objectives",
        "ModelSelection",
        "Reports", "Tensors", "CProcess", .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: common),
    .executableTarget(
      name: "hpsearch-bench",
      dependencies: [
        "StudyModel", "StudyStore", "Tensors", "Autodiff", "Probability", "Datasets", "BayesianNetworks",
        "SearchStrategies", "Objectives", "Reports",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: common),

    tests("Tensors", ["Tensors"]),
    tests("Autodiff", ["Autodiff", "Tensors"]),
    tests("Probability", ["Probability", "Tensors"]),
    tests("BayesianNetworks", ["BayesianNetworks", "Autodiff", "Probability", "Tensors"]),
    tests("Datasets", ["Datasets", "Tensors"]),
    tests("StudyModel", ["StudyModel"], exclude: ["Inputs"]),
    tests("GaussianProcesses", ["GaussianProcesses", "Tensors", "Probability"]),
    tests(
      "SearchStrategies", ["SearchStrategies", "StudyModel", "GaussianProcesses", "Tensors", "HPSearchTesting"]),
    tests("ClusterProtocol", ["ClusterProtocol", "StudyModel", "HPSearchTesting"]),
    tests("ZeroMQ", ["ZeroMQ"]),
    tests(
      "StudyStore", ["StudyStore", "StudyModel", "HPSearchTesting", .product(name: "GRDB", package: "GRDB.swift")]),
    tests(
      "Cluster",
      ["Cluster", "ClusterProtocol", "StudyModel", "StudyStore", "SearchStrategies", "ZeroMQ", "HPSearchTesting"]),
    tests("Objectives", ["Objectives", "StudyModel", "Tensors"]),
    tests("ModelSelection", ["ModelSelection", "StudyModel"]),
    tests("Reports", ["Reports", "ModelSelection", "StudyModel"], exclude: ["Snapshots"]),
    tests("hpsearch", ["StudyModel", "ClusterProtocol", "ZeroMQ", "hpsearch", "hpsearch-bench"]),
  ],
  swiftLanguageModes: [.v6]
)
