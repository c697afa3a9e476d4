"""Who is who: people by the platform's person number, the proof that an account is one of them, kinship, and whom one
may act for. Enrolment, claims, settlement and oversight ask here.
"""
