// swift-tools-version: 6.1
import PackageDescription

// A target depends only on targets in the layers below it. There are no circles.
// docs/ARCHITECTURE.md explains the targets one by one.
let package = Package(
  name: "labrunner",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "labrunner", targets: ["labrunner"])
  ],
  targets: [
    // The command line: one file for each subcommand.
    .executableTarget(
      name: "labrunner",
      dependencies: [
        "GraderExam", "HostSupport", "LabBench", "LabBoot", "LabCompare", "LabCrash", "LabDoctor",
        "LabExplain", "LabGrading", "LabMeter", "LabModel", "LabReports", "LabRunning", "LazyDiagnosis",
        "ObjectFile", "RV64", "Submissions", "VirtBoard", "XV6FileSystem",
      ]),

    // Runs the same programs on two solutions, measures both, and draws the results.
    .target(
      name: "LabCompare",
      dependencies: [
        "BoardRunning", "HostSupport", "KernelFollowing", "LabEvents", "LabMeter", "LabModel",
        "LabPrograms", "LabReports", "LabRunning", "ObjectFile", "Submissions", "VirtBoard", "WebPage",
        "XV6Kernel",
      ]),

    // Measures how fast the emulator is, and compares it with QEMU.
    .target(
      name: "LabBench",
      dependencies: [
        "HostSupport", "KernelFollowing", "LabModel", "LabPrograms", "ObjectFile", "Submissions",
        "VirtBoard", "XV6Kernel",
      ]),

    // Tests the grader itself with solutions whose correct verdict is known.
    .target(
      name: "GraderExam",
      dependencies: ["HostSupport", "LabGrading", "LabModel", "LazyMutants", "LazyVariants", "Submissions"]),

    // Grades one solution, or the solutions of a whole class, test by test.
    .target(
      name: "LabGrading",
      dependencies: [
        "BoardRunning", "HostSupport", "LabDiagnosis", "LabModel", "LabReports", "LabRunning", "RV64",
        "Submissions", "VirtBoard", "XV6Kernel",
      ]),

    // LabExplain tells what an address means to a process. LabDoctor tells what is missing on the host, in a
    // kernel or in a source tree. LabCrash cuts the power of a real kernel and checks its disk.
    .target(
      name: "LabExplain",
      dependencies: [
        "HostSupport", "KernelFollowing", "LabEvents", "LabRunning", "ObjectFile", "RV64", "Submissions",
        "Sv39MMU", "UserFollowing", "VirtBoard", "XV6Kernel",
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

    // Boots a real kernel. Its console input comes from a person or from a file.
    .target(name: "LabBoot", dependencies: ["HostSupport", "KernelFollowing", "VirtBoard"]),

    // Writes results in all formats.
    .target(
      name: "LabReports",
      dependencies: ["HostSupport", "LabEvents", "LabMeter", "LabModel", "Sv39MMU", "WebPage"]),

    // Runs one test on a real kernel, from one shell prompt to the next.
    .target(
      name: "BoardRunning",
      dependencies: [
        "HostSupport", "KernelFollowing", "LabDiagnosis", "LabEvents", "LabMeter", "LabModel",
        "LabPrograms", "LabRunning", "ObjectFile", "RV64", "Submissions", "Sv39MMU", "UserFollowing",
        "VirtBoard",
      ]),

    // Runs one command on the Swift kernel, in this process or in a worker process.
    .target(
      name: "LabRunning",
      dependencies: [
        "HostSupport", "LabDiagnosis", "LabEvents", "LabMeter", "LabModel", "LabPrograms", "LazyDiagnosis",
        "ObjectFile", "RV64", "UserFollowing", "XV6FileSystem", "XV6Kernel",
      ]),

    // The solutions that students submit: Swift sources, kernels, source trees.
    .target(
      name: "Submissions",
      dependencies: ["HostSupport", "LabModel", "LazySolutions", "ObjectFile", "XV6Kernel"],
      plugins: ["WorkerModules"]),

    // Finds out why a test failed. LazyDiagnosis has the rules of the lazy lab; LabDiagnosis has the general
    // part.
    .target(
      name: "LazyDiagnosis",
      dependencies: ["HostSupport", "LabDiagnosis", "LabEvents", "LabModel", "Sv39MMU"],
      path: "labs/lazy/diagnosis"),
    .target(
      name: "LabDiagnosis",
      dependencies: [
        "HostSupport", "LabEvents", "LabMeter", "LabModel", "LabPrograms", "ObjectFile", "Sv39MMU",
      ]),

    // Labs, verdicts, results.
    .target(
      name: "LabModel",
      dependencies: [
        "HostSupport", "LabEvents", "LabMeter", "LabPrograms", "ObjectFile", "Sv39MMU", "XV6FileSystem",
      ]),

    // Computes figures from events.
    .target(name: "LabMeter", dependencies: ["HostSupport", "LabEvents", "Sv39MMU"]),

    // Follows a real kernel with its symbols and debug information, and reports what the kernel does as
    // events.
    .target(
      name: "KernelFollowing",
      dependencies: ["LabEvents", "ObjectFile", "RV64", "Sv39MMU", "VirtBoard"]),

    // What a test's processes really execute, seen from user mode, on either host.
    .target(
      name: "UserFollowing", dependencies: ["LabEvents", "ObjectFile", "RV64", "Sv39MMU", "XV6Kernel"]),

    // Files and programs on the host, and text for people.
    .target(name: "HostSupport"),

    // The lab's sample solutions. Each is one file that a student could have written.
    .target(
      name: "LazySolutions",
      dependencies: ["XV6Kernel"],
      path: "labs/lazy/solutions",
      exclude: ["correct", "mutants"]),

    // Solutions that test the grader: mutants with one deliberate mistake each, and correct variants that
    // differ much from each other.
    .target(
      name: "LazyMutants",
      dependencies: ["LabEvents", "XV6Kernel"],
      path: "labs/lazy/solutions/mutants"),
    .target(name: "LazyVariants", dependencies: ["XV6Kernel"], path: "labs/lazy/solutions/correct"),

    // xv6, written in Swift.
    .target(name: "XV6Kernel", dependencies: ["LabEvents", "RV64", "Sv39MMU", "XV6FileSystem"]),

    // The machine on which real kernels boot: its devices, and its harts, which run in turn.
    .target(name: "VirtBoard", dependencies: ["ObjectFile", "RV64", "Sv39MMU"]),

    // One hart, and the memory that it sees.
    .target(name: "RV64", dependencies: ["Sv39MMU"]),
    // Run by hand: writes the generated source files of RV64.
    .executableTarget(name: "RV64Generator"),
    .target(name: "Sv39MMU"),

    // Readers of binary formats: ELF files, xv6 disk images.
    .target(name: "ObjectFile"),
    .target(name: "XV6FileSystem"),

    // The events that both hosts (the Swift kernel and the board) report to the grader.
    .target(name: "LabEvents", dependencies: ["Sv39MMU"]),

    // The building blocks of HTML reports.
    .target(name: "WebPage"),

    // The contents of labs/ at the time of the build: RV64 programs and lab descriptions.
    .target(name: "LabPrograms", plugins: ["GuestPrograms"]),
    .plugin(name: "GuestPrograms", capability: .buildTool(), dependencies: ["GuestBuilder"]),
    .plugin(name: "WorkerModules", capability: .buildTool()),
    .executableTarget(name: "GuestBuilder"),

    // Runs random programs here and in QEMU, and compares the results.
    .target(
      name: "Differential",
      dependencies: ["HostSupport", "LabPrograms", "ObjectFile", "RV64", "Sv39MMU", "TestSupport"],
      path: "Tests/Oracle/Differential"),
    .executableTarget(name: "oracle", dependencies: ["Differential", "RV64"], path: "Tests/Oracle/oracle"),

    // Code that the tests of several modules share.
    .target(name: "TestSupport", path: "Tests/TestSupport"),

    // Exhaustive trials. The tests run a part of them; `swift run -c release tryall` runs all.
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
    .testTarget(name: "HostSupportTests", dependencies: ["HostSupport", "TestSupport"]),
    .testTarget(
      name: "LabModelTests", dependencies: ["HostSupport", "LabModel", "LabPrograms", "ObjectFile"]),
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
      name: "UserFollowingTests",
      dependencies: ["LabPrograms", "ObjectFile", "RV64", "Sv39MMU", "UserFollowing"]),
    .testTarget(
      name: "LabReportsTests",
      dependencies: [
        "HostSupport", "LabDiagnosis", "LabEvents", "LabMeter", "LabModel", "LabReports", "Sv39MMU",
        "TestSupport",
      ]),
    .testTarget(
      name: "LabExplainTests",
      dependencies: ["HostSupport", "LabExplain", "LabPrograms", "LazySolutions", "Sv39MMU", "TestSupport"]),
    .testTarget(
      name: "LabDoctorTests",
      dependencies: [
        "LabDoctor", "LabModel", "LabPrograms", "ObjectFile", "Submissions", "XV6FileSystem",
      ]),
    .testTarget(
      name: "LabCrashTests",
      dependencies: ["HostSupport", "LabCrash", "LabPrograms", "ObjectFile", "VirtBoard", "XV6FileSystem"]),
    .testTarget(
      name: "SubmissionsTests",
      dependencies: ["HostSupport", "LabModel", "LabPrograms", "Submissions", "TestSupport"]),
    .testTarget(
      name: "LabGradingTests",
      dependencies: [
        "HostSupport", "LabDiagnosis", "LabEvents", "LabGrading", "LabMeter", "LabModel", "LabPrograms",
        "LabReports", "LabRunning", "LazySolutions", "LazyVariants", "ObjectFile", "RV64", "Submissions",
        "TestSupport", "UserFollowing", "XV6Kernel",
      ]),

    .testTarget(
      name: "GraderExamTests",
      dependencies: [
        "GraderExam", "HostSupport", "LabDiagnosis", "LabModel", "LazyDiagnosis", "LazyVariants",
        "XV6Kernel",
      ]),

    // Every function that takes bytes from outside, with the properties that must hold for all bytes.
    // libFuzzer uses this, and so does a test that runs the saved corpus.
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
    // Tests the documentation: the files that it names must exist.
    .testTarget(name: "DocumentationTests"),
    .testTarget(
      name: "labrunnerTests",
      dependencies: [
        "HostSupport", "LabPrograms", "Submissions", "TestSupport", "XV6FileSystem", "labrunner",
      ]),
  ],
  swiftLanguageModes: [.v6]
)
