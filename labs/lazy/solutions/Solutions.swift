import XV6Kernel

/// The solutions that come with the lab.
public enum LazySolutions {
  /// Every solution by name, with a short description.
  public static let all: [(name: String, summary: String, make: any LabSolution.Type)] = [
    ("reference", "lazy allocation, done right", Reference.self),
    ("starter", "the lab's starting point: unmodified xv6, which allocates at once", Starter.self),
    ("blog-copyin", "a student's post: allocates in copyin, copyout and copyinstr", BlogCopyin.self),
    (
      "blog-walkaddr", "a student's post of 2024: allocates in walkaddr, never frees a shrunk page",
      BlogWalkaddr.self
    ),
  ]
}
