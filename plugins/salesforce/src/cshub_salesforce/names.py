"""How cshub's standard fields are called in Salesforce."""

from __future__ import annotations


def field_name(standard: str) -> str:
    """Salesforce's name of one of cshub's standard fields: `health_score` → `CSHub_Health_Score__c`."""
    words = "_".join(word.capitalize() for word in standard.split("_"))
    return f"CSHub_{words}__c"
