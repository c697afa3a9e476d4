"""What a scheme sells: plan years with their terms, texts, lists, ways in and the insurers' shares."""
