import Foundation
import ObjectFile
import XV6FileSystem
import XV6Kernel
