"""How is each upstream spoken to, whoever asks? Its address, its sign-in, the meaning of its refusals; no entity of ours."""
