"""The plan workshop: terms beside the sentences that say them, copies that are changed, compared and filed."""
