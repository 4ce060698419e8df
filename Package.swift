// swift-tools-version: 6.3
import PackageDescription

// The rooms and who may import whom: design in docs/architecture.md. The build passes
// `--explicit-target-dependency-import-check error`, so an import that is not listed here does not compile.

/// One settings array for every target of ours.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "tollgate",
    products: [.executable(name: "tollgate", targets: ["tollgate"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CAIO", providers: [.apt(["libaio-dev"])]),
        .systemLibrary(name: "CFCGI", pkgConfig: "fcgi", providers: [.apt(["libfcgi-dev"])]),
        .systemLibrary(name: "CChecksum"),
        // Not linked: docs/decisions/0029-libcurl-when-it-is-called.md.
        .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),

        .target(name: "JSON", swiftSettings: settings),
        .target(name: "FastCGI", dependencies: ["CFCGI", "CSystemd", logging], swiftSettings: settings),
        .target(name: "Payments", dependencies: ["JSON"], swiftSettings: settings),
        .target(
            name: "Storage", dependencies: ["CAIO", "CChecksum", "JSON", "Payments", crypto], swiftSettings: settings),
        .target(name: "Stripe", dependencies: ["CCurl", "JSON", "Payments", crypto, logging], swiftSettings: settings),
        .target(
            name: "API", dependencies: ["FastCGI", "JSON", "Payments", crypto, logging, metrics],
            swiftSettings: settings),
        .executableTarget(
            name: "tollgate",
            dependencies: [
                "API", "CCurl", "FastCGI", "JSON", "Payments", "Storage", "Stripe", arguments, crypto, logging,
            ],
            swiftSettings: settings,
            // In place of glibc's allocator: docs/decisions/0006-jemalloc.md.
            linkerSettings: [.linkedLibrary("jemalloc")]
        ),

        // The store as the crash tools drive it (`make crash-test`); not part of the product.
        .executableTarget(
            name: "crash-store", dependencies: ["CAIO", "JSON", "Payments", "Storage"], path: "Tests/CrashStore",
            exclude: ["crash-test.sh"], swiftSettings: settings),

        // A stand-in for Stripe, for tests and the demo; not part of the product, and shares no code with it.
        .executableTarget(
            name: "fake-stripe", dependencies: [crypto], path: "Tests/FakeStripe", swiftSettings: settings),

        .testTarget(name: "JSONTests", dependencies: ["JSON"], swiftSettings: settings),
        .testTarget(name: "FastCGITests", dependencies: ["FastCGI", "CFCGI"], swiftSettings: settings),
        .testTarget(name: "PaymentsTests", dependencies: ["JSON", "Payments", "Storage"], swiftSettings: settings),
        .testTarget(
            name: "StorageTests", dependencies: ["CAIO", "JSON", "Payments", "Storage", crypto], swiftSettings: settings
        ),
        .testTarget(
            name: "StripeTests", dependencies: ["JSON", "Payments", "Stripe", "fake-stripe", crypto, logging],
            swiftSettings: settings),
        .testTarget(
            name: "APITests",
            dependencies: ["API", "FastCGI", "JSON", "Payments", "Storage", crypto, logging, metrics],
            swiftSettings: settings),
        .testTarget(
            name: "TollgateTests", dependencies: ["tollgate", "API", "JSON", "Payments", "Storage", arguments],
            swiftSettings: settings,
            linkerSettings: [.linkedLibrary("jemalloc")]),
    ]
)
