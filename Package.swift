// swift-tools-version: 6.1
import PackageDescription

// Arrows point down only: a target names the targets below it, never one above or beside it in a circle.
// docs/ARCHITECTURE.md walks through them.
let package = Package(
  name: "labrunner",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "labrunner", targets: ["labrunner"])
  ],
  targets: [
    // The command line: one file a subcommand, no logic of its own.
    .executableTarget(
      name: "labrunner",
      dependencies: [
        "GraderExam", "LabBench", "LabCompare", "LabGrading", "ObjectFile", "RV64", "VirtBoard",
        "XV6FileSystem",
      ]),

    // What two solutions do with the same programs, measured and drawn.
    .target(
      name: "LabCompare",
      dependencies: [
        "LabEvents", "LabGrading", "LabPrograms", "ObjectFile", "Sv39MMU", "VirtBoard", "WebPage",
        "XV6Kernel",
      ]),

    // How fast it is, and against QEMU.
    .target(
      name: "LabBench", dependencies: ["LabGrading", "LabPrograms", "ObjectFile", "VirtBoard", "XV6Kernel"]),

    // The grader's own examination: solutions of which it is known what they deserve.
    .target(name: "GraderExam", dependencies: ["LabGrading", "LazyMutants", "LazyVariants", "XV6Kernel"]),

    // Labs, solutions, verdicts, reports.
    .target(
      name: "LabGrading",
      dependencies: [
        "LabEvents", "LabPrograms", "LazySolutions", "ObjectFile", "RV64", "Sv39MMU", "VirtBoard", "WebPage",
        "XV6FileSystem", "XV6Kernel",
      ]),

    // The lab's sample solutions, each a file that a reader could have written.
    .target(
      name: "LazySolutions", dependencies: ["XV6Kernel"], path: "labs/lazy/solutions",
      exclude: ["correct", "mutants"]),

    // Solutions that examine the grader: with one planted mistake each, and correct ones that have little in common.
    .target(
      name: "LazyMutants", dependencies: ["LabEvents", "XV6Kernel"], path: "labs/lazy/solutions/mutants"),
    .target(name: "LazyVariants", dependencies: ["XV6Kernel"], path: "labs/lazy/solutions/correct"),

    // xv6 in Swift.
    .target(
      name: "XV6Kernel", dependencies: ["LabEvents", "ObjectFile", "RV64", "Sv39MMU", "XV6FileSystem"]),

    // The machine that real kernels boot on: devices, and harts that take turns.
    .target(name: "VirtBoard", dependencies: ["ObjectFile", "RV64", "Sv39MMU"]),

    // One hart, and the memory it sees.
    .target(name: "RV64", dependencies: ["Sv39MMU"]),
    // Writes the files of RV64 that are generated, when it is run by hand.
    .executableTarget(name: "RV64Generator"),
    .target(name: "Sv39MMU"),

    // What comes as bytes: ELF files, xv6 disk images.
    .target(name: "ObjectFile"),
    .target(name: "XV6FileSystem"),

    // What both hosts tell the grader.
    .target(name: "LabEvents", dependencies: ["Sv39MMU"]),

    // What HTML reports are made of.
    .target(name: "WebPage"),

    // labs/ as it was when this package was built: RV64 programs and lab descriptions.
    .target(name: "LabPrograms", plugins: ["GuestPrograms"]),
    .plugin(name: "GuestPrograms", capability: .buildTool(), dependencies: ["GuestBuilder"]),
    .executableTarget(name: "GuestBuilder"),

    // Random programs, run here and by QEMU, and compared.
    .target(
      name: "Differential", dependencies: ["LabPrograms", "ObjectFile", "RV64", "Sv39MMU", "TestSupport"],
      path: "Tests/Oracle/Differential"),
    .executableTarget(name: "oracle", dependencies: ["Differential", "RV64"], path: "Tests/Oracle/oracle"),

    // What the tests of several modules share.
    .target(name: "TestSupport", path: "Tests/TestSupport"),

    // What is tried exhaustively: a part of it by the tests, all of it by `swift run -c release tryall`.
    .target(
      name: "Trials",
      dependencies: [
        "LabEvents", "LabGrading", "LabPrograms", "LazySolutions", "XV6FileSystem", "XV6Kernel",
      ],
      path: "Tests/Trials"),
    .executableTarget(
      name: "tryall", dependencies: ["RV64", "Trials", "XV6FileSystem"], path: "Tests/TrialRunner"),

    .testTarget(name: "Sv39MMUTests", dependencies: ["TestSupport", "Sv39MMU"]),
    .testTarget(name: "RV64Tests", dependencies: ["TestSupport", "RV64", "Sv39MMU"]),
    .testTarget(
      name: "DifferentialTests", dependencies: ["Differential", "RV64", "Sv39MMU", "TestSupport"]),
    .testTarget(
      name: "VirtBoardTests",
      dependencies: ["TestSupport", "VirtBoard", "LabPrograms", "ObjectFile", "RV64", "Sv39MMU"]),
    .testTarget(name: "ObjectFileTests", dependencies: ["TestSupport", "ObjectFile", "LabPrograms"]),
    .testTarget(name: "XV6FileSystemTests", dependencies: ["TestSupport", "XV6FileSystem"]),
    .testTarget(
      name: "XV6KernelTests",
      dependencies: [
        "TestSupport", "Trials", "XV6Kernel", "LazySolutions", "LabPrograms", "LabEvents", "ObjectFile",
        "RV64",
        "XV6FileSystem",
      ]),
    .testTarget(
      name: "LabGradingTests",
      dependencies: [
        "LabEvents", "LabGrading", "LabPrograms", "LazyMutants", "LazySolutions", "ObjectFile", "RV64",
        "Sv39MMU", "TestSupport", "VirtBoard", "XV6FileSystem", "XV6Kernel",
      ]),

    .testTarget(
      name: "GraderExamTests", dependencies: ["GraderExam", "LabGrading", "LazyVariants", "XV6Kernel"]),

    // What takes bytes from outside, each with what it promises of them: for libFuzzer, and for a test of the corpus.
    .target(
      name: "FuzzTargets",
      dependencies: [
        "labrunner", "LabEvents", "LabGrading", "LabPrograms", "LazySolutions", "ObjectFile", "VirtBoard",
        "XV6FileSystem", "XV6Kernel",
      ],
      path: "Tests/Fuzz/Targets"),
    .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Tests"),

    .testTarget(
      name: "LabCompareTests",
      dependencies: [
        "LabCompare", "LabEvents", "LabGrading", "LabPrograms", "LazySolutions", "ObjectFile", "Sv39MMU",
        "VirtBoard", "XV6Kernel",
      ]),
    .testTarget(name: "WebPageTests", dependencies: ["WebPage"]),
    .testTarget(name: "LabBenchTests", dependencies: ["LabBench", "LabGrading", "LabPrograms"]),
    .testTarget(
      name: "labrunnerTests",
      dependencies: [
        "labrunner", "LabGrading", "LabPrograms", "ObjectFile", "RV64", "VirtBoard", "XV6FileSystem",
      ]),
  ],
  swiftLanguageModes: [.v6]
)
