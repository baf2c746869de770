import Testing

/// Tests with real processes, one at a time: two cores are soon full.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ProcessTests {}
