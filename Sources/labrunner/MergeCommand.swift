import LabGrading

/// `labrunner merge`: makes one table from the result files of several runs.
enum MergeCommand {
  static let command = Command(
    name: "merge",
    summary: "put result files of several runs together",
    operands: "FILE|FOLDER...",
    operandCount: 1...100_000,
    operandValues: .files,
    options: ResultOutput.options,
    discussion: """
      FILE is one that grade wrote with --output FILE.json; FOLDER is one that grade
      --results filled. The solutions come sorted by name, each once; two files that
      tell of the same solution and differ are an error. The exit status is that of
      one run over them all.

      example:
        labrunner grade --from submissions --results graded --shard 1/2   # here
        labrunner grade --from submissions --results graded --shard 2/2   # and there
        labrunner merge graded --output class.json
      """,
    run: { arguments in
      let gradings = try ResultFolder.gradings(in: arguments.operands)
      var output = try ResultOutput(arguments, gradings: gradings.count)
      output.add(gradings)
      return try GradeSeveral.close(gradings, &output)
    })
}
