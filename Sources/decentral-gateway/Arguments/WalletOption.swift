import ArgumentParser
import Signing

/// `--wallet ADDRESS`.
struct WalletOption: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The wallet's address, base58.", valueName: "address"))
    var wallet: Address
}
