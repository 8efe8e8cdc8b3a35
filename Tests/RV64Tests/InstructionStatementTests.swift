import Testing

@testable import RV64

/// What the table says about each instruction, besides what the interpreter does with it.
@Suite struct InstructionStatementTests {
  @Test(
    arguments: (InstructionMeaning.ofRegisters.keys.sorted() + InstructionMeaning.ofConstants.keys.sorted()))
  func valueIsWhatTheInstructionMeans(_ mnemonic: String) throws {
    let entry = try #require(InstructionTable.all.first { "\($0.mnemonic)" == mnemonic })
    let ofConstant = InstructionMeaning.ofConstant(mnemonic)
    let meaning = try #require(ofConstant ?? InstructionMeaning.ofRegisters[mnemonic])
    #expect(entry.operation.effect == .value)
    var differences: [String] = []
    for a in InstructionMeaning.edges {
      for b in InstructionMeaning.edges {
        // A constant is no larger than its field.
        let most: UInt64 = entry.format == .shift ? 63 : entry.format == .shiftWord ? 31 : 2047
        let b = ofConstant == nil ? b : b & most
        let value = entry.operation.value(a, b)
        if value != meaning(a, b) { differences.append("\(mnemonic)(\(hex(a)), \(hex(b))) = \(hex(value))") }
      }
    }
    expectNone(differences)
  }

  @Test func branchesHoldWhenTheyAreTaken() throws {
    for (mnemonic, isTaken) in InstructionMeaning.ofBranches {
      let entry = try #require(InstructionTable.all.first { "\($0.mnemonic)" == mnemonic })
      guard case .branch(let comparison) = entry.operation.effect else {
        Issue.record("\(mnemonic) is no branch")
        continue
      }
      for a in InstructionMeaning.edges {
        for b in InstructionMeaning.edges {
          #expect(comparison.holds(a, b) == isTaken(a, b), "\(mnemonic) \(hex(a)), \(hex(b))")
        }
      }
    }
  }

  @Test func accessesAreAsWideAndExtendedAsTheInstructions() throws {
    for entry in InstructionTable.all {
      switch entry.operation.effect {
      case .load(let access):
        let load = try #require(InstructionMeaning.ofLoads["\(entry.mnemonic)"])
        #expect(access.size == load.count)
        for value in InstructionMeaning.edges {
          #expect(access.extended(value) == load.extend(value), "\(entry.mnemonic) of \(hex(value))")
        }
      case .store(let access):
        #expect(access.size == InstructionMeaning.ofStores["\(entry.mnemonic)"])
      default: break
      }
    }
  }

  @Test func everyInstructionHasAnEffectThatFitsItsFormat() throws {
    for entry in InstructionTable.all {
      let effect = try #require(entry.operation.effect)
      let formats: [Format] =
        switch effect {
        case .value: [.r, .unary, .i, .shift, .shiftWord, .u, .mopR, .mopRR]
        case .jump: [.j]
        case .jumpToRegister, .load: [.load]
        case .branch: [.b]
        case .store: [.s]
        case .loadReserved: [.loadReserved]
        case .storeConditional, .atomic: [.amo]
        case .fence: [.fence]
        case .csr: [.csr, .csrImmediate]
        case .system: [.fence, .fixed, .addressFence, .cacheBlock]
        }
      #expect(formats.contains(entry.format), "\(entry.mnemonic)")
      #expect(effect.canTrap || effect.access == nil, "\(entry.mnemonic)")
      #expect(!effect.writesMemory || effect.access != nil, "\(entry.mnemonic)")
    }
    for operation in Operation.allCases where InstructionTable.entry(for: operation) == nil {
      #expect(operation.effect == nil, "\(operation)")
    }
  }
}
