// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

pragma Singleton

import QtQuick

// The board's colours, sizes and motion. `mode` is "light", "dark" or "system".
QtObject {
    id: theme

    property string mode: "system"
    property bool animated: true

    readonly property SystemPalette systemPalette: SystemPalette { }
    // Qt 6.5 tells the system's scheme; before that its palette does.
    readonly property int systemScheme: Qt.styleHints["colorScheme"] ?? 0 // qmllint disable
    readonly property bool systemDark: systemScheme !== 0 ? systemScheme === 2
                                                          : systemPalette.window.hslLightness < 0.5
    readonly property bool dark: mode === "dark" || (mode !== "light" && systemDark)

    readonly property color window: dark ? "#101116" : "#fafafc"
    readonly property color bar: dark ? "#15161c" : "#ffffff"
    readonly property color panel: dark ? "#17181f" : "#f0f0f5"
    readonly property color panelHover: dark ? "#1c1d25" : "#eaeaf3"
    readonly property color card: dark ? "#22232c" : "#ffffff"
    readonly property color cardBorder: dark ? "#30313d" : "#dfdfe8"
    readonly property color cardBorderHover: dark ? "#474959" : "#c3c4d4"
    readonly property color popup: dark ? "#1e1f27" : "#ffffff"
    readonly property color field: dark ? "#15161c" : "#f6f6f9"
    readonly property color line: dark ? "#292a34" : "#e4e4ec"
    readonly property color hover: dark ? "#12ffffff" : "#0c14143c"
    readonly property color pressed: dark ? "#1effffff" : "#1814143c"
    readonly property color scrim: dark ? "#8c000000" : "#5c1b1b2e"
    readonly property color shadow: dark ? "#000000" : "#1a1a3a"

    readonly property color text: dark ? "#ededf3" : "#1a1b25"
    readonly property color textSoft: dark ? "#a9abba" : "#5c5e70"
    readonly property color textFaint: dark ? "#858797" : "#747688"
    readonly property color accentInk: "#ffffff"

    readonly property color accent: dark ? "#6b6ce8" : "#5354d4"
    readonly property color accentHover: dark ? "#7b7cf2" : "#4546c2"
    readonly property color accentText: dark ? "#a3a4ff" : "#4c4dcb"
    readonly property color accentSoft: dark ? "#2c2d52" : "#e9e9fb"
    readonly property color danger: dark ? "#ff7b85" : "#c5303f"
    readonly property color dangerFill: dark ? "#c93f4d" : "#cb3443"
    readonly property color dangerSoft: dark ? "#42232a" : "#fce9eb"
    readonly property color warning: dark ? "#f2bf5e" : "#8a5a00"
    readonly property color warningSoft: dark ? "#39301d" : "#fdf1d8"
    readonly property color success: dark ? "#5fcf8e" : "#1f7d4c"

    readonly property int radius: 10
    readonly property int radiusSmall: 7
    readonly property int gap: 8
    readonly property int control: 32

    readonly property int sizeSmall: 12
    readonly property int size: 13
    readonly property int sizeCard: 14
    readonly property int sizeTitle: 16
    readonly property int sizeLarge: 22

    readonly property int quick: animated ? 120 : 0
    readonly property int glide: animated ? 260 : 0

    readonly property var hues: ({
            gray: "#7b7e8d",
            red: "#d9485f",
            orange: "#dd6b20",
            amber: "#c48a0a",
            green: "#2f9560",
            teal: "#16919c",
            blue: "#3579e0",
            indigo: "#5e5fdb",
            purple: "#8f53d1",
            pink: "#cc4b98"
        })
    readonly property list<string> hueNames: ["indigo", "blue", "teal", "green", "amber", "orange", "red", "pink", "purple", "gray"]

    // The colour of a hue by its name; grey where the name is unknown.
    function hue(name: string): color {
        return hues[name] ?? hues.gray;
    }

    // The same text always gets the same hue.
    function hueNameOf(text: string): string {
        let sum = 23;
        for (let i = 0; i < text.length; ++i)
            sum = (sum * 25 + text.charCodeAt(i)) % 65521;
        return hueNames[sum % (hueNames.length - 1)];
    }

    function hueText(base: color): color {
        return dark ? Qt.hsla(base.hslHue, Math.min(1, base.hslSaturation + 0.1), 0.76, 1)
                    : Qt.hsla(base.hslHue, base.hslSaturation, 0.33, 1);
    }

    function fade(base: color, alpha: real): color {
        return Qt.rgba(base.r, base.g, base.b, alpha);
    }
}
