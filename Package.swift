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
    // The command line: one file a subcommand.
    .executableTarget(
      name: "labrunner",
      dependencies: [
        "GraderExam", "HostSupport", "LabBench", "LabBoot", "LabCompare", "LabCrash", "LabDoctor",
        "LabExplain", "LabGrading", "LabMeter", "LabModel", "LabReports", "LabRunning", "LazyDiagnosis",
        "ObjectFile", "RV64", "Submissions", "VirtBoard", "XV6FileSystem",
      ]),

    // What two solutions do with the same programs, measured and drawn.
    .target(
      name: "LabCompare",
      dependencies: [
        "BoardRunning", "HostSupport", "KernelFollowing", "LabEvents", "LabMeter", "LabModel",
        "LabPrograms", "LabReports", "LabRunning", "ObjectFile", "Submissions", "VirtBoard", "WebPage",
        "XV6Kernel",
      ]),

    // How fast it is, and against QEMU.
    .target(
      name: "LabBench",
      dependencies: [
        "HostSupport", "KernelFollowing", "LabModel", "LabPrograms", "ObjectFile", "Submissions",
        "VirtBoard", "XV6Kernel",
      ]),

    // The grader's own examination: solutions of which it is known what they deserve.
    .target(
      name: "GraderExam",
      dependencies: ["HostSupport", "LabGrading", "LabModel", "LazyMutants", "LazyVariants", "Submissions"]),

    // One solution, or a class of them, test by test.
    .target(
      name: "LabGrading",
      dependencies: [
        "BoardRunning", "HostSupport", "LabDiagnosis", "LabModel", "LabReports", "LabRunning", "RV64",
        "Submissions", "VirtBoard", "XV6Kernel",
      ]),

    // What an address means to a process; what the host, a kernel or a tree lacks; a real kernel without power.
    .target(
      name: "LabExplain",
      dependencies: [
        "HostSupport", "KernelFollowing", "LabEvents", "LabRunning", "ObjectFile", "RV64", "Submissions",
        "Sv39MMU", "VirtBoard", "XV6Kernel",
      ]),
    .target(
      name: "LabDoctor",
      dependencies: [
        "HostSupport", "KernelFollowing", "LabModel", "ObjectFile", "Submissions", "Sv39MMU", "VirtBoard",
        "XV6FileSystem",
      ]),
    .target(
      name: "LabCrash",
      dependencies: ["HostSupport", "KernelFollowing", "ObjectFile", "VirtBoard", "XV6FileSystem"]),

    // The person, or the file, at the console of a real kernel.
    .target(name: "LabBoot", dependencies: ["HostSupport", "KernelFollowing", "VirtBoard"]),

    // Every format of results.
    .target(
      name: "LabReports",
      dependencies: ["HostSupport", "LabEvents", "LabMeter", "LabModel", "Sv39MMU", "WebPage"]),

    // One test on a real kernel, from the shell's prompt to the next.
    .target(
      name: "BoardRunning",
      dependencies: [
        "HostSupport", "KernelFollowing", "LabDiagnosis", "LabEvents", "LabMeter", "LabModel",
        "LabRunning", "ObjectFile", "RV64", "Submissions", "Sv39MMU", "VirtBoard",
      ]),

    // One command on the Swift kernel, in this process or in a worker's.
    .target(
      name: "LabRunning",
      dependencies: [
        "HostSupport", "LabDiagnosis", "LabEvents", "LabMeter", "LabModel", "LabPrograms", "LazyDiagnosis",
        "ObjectFile", "RV64", "XV6FileSystem", "XV6Kernel",
      ]),

    // What people hand in: Swift sources, kernels, trees.
    .target(
      name: "Submissions",
      dependencies: ["HostSupport", "LabModel", "LazySolutions", "ObjectFile", "XV6Kernel"],
      plugins: ["WorkerModules"]),

    // Why a test was lost: what is general, and what is the lazy lab's own.
    .target(
      name: "LazyDiagnosis",
      dependencies: ["HostSupport", "LabDiagnosis", "LabEvents", "LabModel", "Sv39MMU"],
      path: "labs/lazy/diagnosis"),
    .target(
      name: "LabDiagnosis",
      dependencies: [
        "HostSupport", "LabEvents", "LabMeter", "LabModel", "LabPrograms", "ObjectFile", "RV64", "Sv39MMU",
      ]),

    // Labs, verdicts, results.
    .target(
      name: "LabModel",
      dependencies: [
        "HostSupport", "LabEvents", "LabMeter", "LabPrograms", "ObjectFile", "RV64", "Sv39MMU",
        "XV6FileSystem",
      ]),

    // Figures from events.
    .target(name: "LabMeter", dependencies: ["HostSupport", "LabEvents", "Sv39MMU"]),

    // A real kernel, followed by its symbols and debug information: it tells what it does in events.
    .target(
      name: "KernelFollowing",
      dependencies: ["LabEvents", "LabPrograms", "ObjectFile", "RV64", "Sv39MMU", "VirtBoard", "XV6Kernel"]),

    // Files and programs of the host, and text for people.
    .target(name: "HostSupport"),

    // The lab's sample solutions, each a file that a reader could have written.
    .target(
      name: "LazySolutions",
      dependencies: ["XV6Kernel"],
      path: "labs/lazy/solutions",
      exclude: ["correct", "mutants"]),

    // Solutions that examine the grader: with one planted mistake each, and correct ones that have little in common.
    .target(
      name: "LazyMutants",
      dependencies: ["LabEvents", "XV6Kernel"],
      path: "labs/lazy/solutions/mutants"),
    .target(name: "LazyVariants", dependencies: ["XV6Kernel"], path: "labs/lazy/solutions/correct"),

    // xv6 in Swift.
    .target(name: "XV6Kernel", dependencies: ["LabEvents", "RV64", "Sv39MMU", "XV6FileSystem"]),

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
    .plugin(name: "WorkerModules", capability: .buildTool()),
    .executableTarget(name: "GuestBuilder"),

    // Random programs, run here and by QEMU, and compared.
    .target(
      name: "Differential",
      dependencies: ["LabPrograms", "ObjectFile", "RV64", "Sv39MMU", "TestSupport"],
      path: "Tests/Oracle/Differential"),
    .executableTarget(name: "oracle", dependencies: ["Differential", "RV64"], path: "Tests/Oracle/oracle"),

    // What the tests of several modules share.
    .target(name: "TestSupport", path: "Tests/TestSupport"),

    // What is tried exhaustively: a part of it by the tests, all of it by `swift run -c release tryall`.
    .target(
      name: "Trials",
      dependencies: ["LabEvents", "LabModel", "LabPrograms", "LazySolutions", "XV6FileSystem", "XV6Kernel"],
      path: "Tests/Trials"),
    .executableTarget(
      name: "tryall",
      dependencies: ["RV64", "Trials", "XV6FileSystem"],
      path: "Tests/TrialRunner"),

    .testTarget(name: "Sv39MMUTests", dependencies: ["Sv39MMU", "TestSupport"]),
    .testTarget(name: "RV64Tests", dependencies: ["RV64", "Sv39MMU", "TestSupport"]),
    .testTarget(name: "DifferentialTests", dependencies: ["Differential", "RV64", "Sv39MMU", "TestSupport"]),
    .testTarget(
      name: "VirtBoardTests",
      dependencies: ["LabPrograms", "ObjectFile", "RV64", "Sv39MMU", "TestSupport", "VirtBoard"]),
    .testTarget(name: "ObjectFileTests", dependencies: ["LabPrograms", "ObjectFile", "TestSupport"]),
    .testTarget(name: "XV6FileSystemTests", dependencies: ["TestSupport", "XV6FileSystem"]),
    .testTarget(
      name: "XV6KernelTests",
      dependencies: [
        "LabEvents", "LabPrograms", "LazySolutions", "ObjectFile", "RV64", "Sv39MMU", "TestSupport",
        "Trials", "XV6FileSystem", "XV6Kernel",
      ]),
    .testTarget(name: "HostSupportTests", dependencies: ["HostSupport"]),
    .testTarget(name: "LabModelTests", dependencies: ["HostSupport", "LabModel", "LabPrograms"]),
    .testTarget(name: "LabMeterTests", dependencies: ["LabEvents", "LabMeter", "Sv39MMU"]),
    .testTarget(
      name: "KernelFollowingTests",
      dependencies: ["KernelFollowing", "LabEvents", "LabPrograms", "ObjectFile", "RV64", "VirtBoard"]),
    .testTarget(
      name: "LabDiagnosisTests",
      dependencies: [
        "LabDiagnosis", "LabEvents", "LabGrading", "LabMeter", "LabModel", "LabRunning", "LazyDiagnosis",
        "LazyMutants", "LazySolutions", "Submissions", "Sv39MMU", "XV6Kernel",
      ]),
    .testTarget(name: "BoardRunningTests", dependencies: ["BoardRunning"]),
    .testTarget(
      name: "LabReportsTests",
      dependencies: [
        "HostSupport", "LabDiagnosis", "LabEvents", "LabMeter", "LabModel", "LabReports", "Sv39MMU",
      ]),
    .testTarget(
      name: "LabExplainTests",
      dependencies: ["HostSupport", "LabExplain", "LabPrograms", "LazySolutions", "Sv39MMU", "TestSupport"]),
    .testTarget(
      name: "LabDoctorTests",
      dependencies: ["LabDoctor", "LabModel", "LabPrograms", "ObjectFile", "XV6FileSystem"]),
    .testTarget(
      name: "LabCrashTests",
      dependencies: ["HostSupport", "LabCrash", "LabPrograms", "ObjectFile", "VirtBoard", "XV6FileSystem"]),
    .testTarget(
      name: "SubmissionsTests",
      dependencies: ["HostSupport", "LabModel", "LabPrograms", "Submissions"]),
    .testTarget(
      name: "LabGradingTests",
      dependencies: [
        "HostSupport", "LabDiagnosis", "LabEvents", "LabGrading", "LabMeter", "LabModel", "LabPrograms",
        "LabReports", "LabRunning", "LazySolutions", "ObjectFile", "RV64", "Submissions", "TestSupport",
        "XV6Kernel",
      ]),

    .testTarget(
      name: "GraderExamTests",
      dependencies: [
        "GraderExam", "HostSupport", "LabDiagnosis", "LabModel", "LazyDiagnosis", "LazyVariants",
        "XV6Kernel",
      ]),

    // What takes bytes from outside, each with what it promises of them: for libFuzzer, and for a test of the corpus.
    .target(
      name: "FuzzTargets",
      dependencies: [
        "HostSupport", "LabEvents", "LabModel", "LabPrograms", "LabReports", "LazySolutions", "ObjectFile",
        "Submissions", "VirtBoard", "XV6FileSystem", "XV6Kernel", "labrunner",
      ],
      path: "Tests/Fuzz/Targets"),
    .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Tests"),

    .testTarget(
      name: "LabCompareTests",
      dependencies: [
        "HostSupport", "KernelFollowing", "LabCompare", "LabMeter", "LabModel", "LabPrograms",
        "LazySolutions", "ObjectFile", "VirtBoard", "XV6Kernel",
      ]),
    .testTarget(name: "WebPageTests", dependencies: ["WebPage"]),
    .testTarget(
      name: "LabBootTests",
      dependencies: ["HostSupport", "LabBoot", "LabModel", "LabPrograms", "ObjectFile", "RV64", "VirtBoard"]),
    .testTarget(name: "LabBenchTests", dependencies: ["HostSupport", "LabBench", "LabPrograms"]),
    // The pages for people: the files that they name exist.
    .testTarget(name: "DocumentationTests"),
    .testTarget(
      name: "labrunnerTests",
      dependencies: ["HostSupport", "LabPrograms", "Submissions", "XV6FileSystem", "labrunner"]),
  ],
  swiftLanguageModes: [.v6]
)
