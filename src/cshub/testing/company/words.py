"""Words the seeded company is made of: names of people and firms, subjects of tickets. None of them is real."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST = _words(
    "Ada Amir Anna Ben Björn Carla Chen Clara Dana David Elif Emma Erik Farid Fiona Grace Hana Hugo Ines Ivan Jana Jonas "
    "Kofi Lara Leo Lina Luca Maja Marek Mia Milan Nadia Noah Olga Omar Paula Petra Priya Rafael Rosa Sami Sara Sofia "
    "Søren Tariq Tess Theo Tomas Uma Vera Viktor Wen Yara Yusuf Zoé"
)

LAST = _words(
    "Abel Adler Ahmed Almeida Bauer Becker Berg Bianchi Borg Castro Costa Dahl Dietrich Dubois Evans Farkas Fischer Garcia "
    "Grant Haas Hansen Horvat Ibrahim Ito Jansen Keller Khan Kim Klein Kovač Lange Larsen Leclerc Lindt Lopez Martin Meyer "
    "Moreau Müller Nielsen Novak Okafor Olsen Patel Pereira Quinn Reyes Rossi Sato Schmidt Silva Singh Sousa Svensson Tanaka "
    "Thomas Urban Varga Vogel Wagner Weiss Wong Young Zhang"
)

STEMS = _words(
    "Acorn Alder Amber Anchor Aster Atlas Aurora Beacon Birch Blue Bright Brook Canyon Cedar Cinder Clear Cobalt Copper Coral "
    "Crest Delta Drift Echo Elm Ember Falcon Fern Field Flint Forest Garnet Glen Granite Harbor Haven Hazel Heron Hollow "
    "Indigo Iron Ivory Jade Juniper Lark Linden Lunar Maple Meadow Mercury Moss Nimbus North Oak Ocean Olive Onyx Opal Orchid "
    "Pebble Pine Pioneer Polar Prairie Quartz Raven Reed River Robin Rowan Saffron Sable Silver Slate Solar Spruce Stone "
    "Summit Terra Thistle Timber Topaz Tundra Umber Vale Velvet Vista Walnut Willow Winter Wren Yarrow Zephyr"
)

TRADES = _words(
    "Analytics Brands Capital Clinics Cloud Dynamics Energy Foods Freight Health Hotels Insurance Labs Logistics Media Mobility "
    "Networks Payments Pharma Power Retail Robotics Security Software Studios Supply Systems Telecom Textiles Travel"
)

FORMS = ("GmbH", "Ltd", "Inc", "SA", "AB", "BV")
ENDINGS = ("com", "io", "de", "co.uk", "fr", "se", "nl", "eu")
COUNTRIES = ("Germany", "United Kingdom", "United States", "France", "Sweden", "Netherlands", "Spain", "Poland")
INDUSTRIES = (
    "COMPUTER_SOFTWARE",
    "TELECOMMUNICATIONS",
    "RETAIL",
    "LOGISTICS_AND_SUPPLY_CHAIN",
    "HOSPITAL_HEALTH_CARE",
    "INSURANCE",
    "FINANCIAL_SERVICES",
    "HOSPITALITY",
)
FREE_MAIL = ("gmail.com", "outlook.com", "yahoo.com", "gmx.de", "icloud.com")
ROLES = (
    "Head of Operations",
    "Chief Technology Officer",
    "IT Manager",
    "Customer Support Lead",
    "Product Manager",
    "Procurement Manager",
    "Administrator",
    "Finance Director",
)
SUBJECTS = (
    "Export stops half way",
    "Login fails after the update",
    "Question about the invoice",
    "Slow answers in the morning",
    "Please add two seats",
    "Report shows wrong totals",
    "Calls drop after ten minutes",
    "How do we archive a project?",
    "Integration lost its connection",
    "Error 500 when saving",
)
