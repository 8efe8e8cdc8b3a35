@testable import VirtBoard
