import Differential
import Foundation

Command.main()
