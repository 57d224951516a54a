"""What a release bag is made of: its job, names, tags, papers, rights and manifests."""
