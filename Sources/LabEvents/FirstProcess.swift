/// The first processes of a machine that boots for one command. xv6 numbers its processes from 1.
package enum FirstProcess {
  /// `/init`.
  package static let initial: Int32 = 1
  /// The command: init's first child.
  package static let command: Int32 = 2
}
