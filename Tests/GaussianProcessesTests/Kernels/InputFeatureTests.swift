import GaussianProcesses
import Testing

@Test func aFeatureInABranchKeepsItsKind() {
  #expect(InputFeature.category(3).conditional == InputFeature(.category(count: 3), isConditional: true))
  #expect(InputFeature.cells(4).isNumber && !InputFeature.category(3).isNumber)
}
